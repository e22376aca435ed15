/// A program that tries to get out. It defines `attempt()`, which is true if it got what it wanted.
struct EscapeAttempt: Sendable, CustomStringConvertible {
    let name: String
    /// Whether it does what it says on a machine without a sandbox, where trying does no harm. Such an
    /// attempt is tried there as well: one that never works would prove nothing.
    let worksOutside: Bool
    let source: String

    var description: String { name }

    init(_ name: String, worksOutside: Bool = false, _ source: String) {
        self.name = name
        self.worksOutside = worksOutside
        self.source = Self.prelude + source
    }

    /// `call` makes a system call by its numbers on x86-64 and arm64.
    static let prelude = """
        import ctypes, os, platform, socket, sys
        libc = ctypes.CDLL(None, use_errno=True)
        def call(x86, arm, *words):
            number = arm if platform.machine() in ("aarch64", "arm64") else x86
            return libc.syscall(ctypes.c_long(number), *[w if isinstance(w, (bytes, ctypes._SimpleCData)) or
                hasattr(w, "_obj") else ctypes.c_long(w) for w in words])

        """
}

/// Aimed at the machine around the sandbox. CANARY, PORT and SECRET are filled in by the test.
let escapeAttempts: [EscapeAttempt] = files + networks + processes + kernel

private let files: [EscapeAttempt] = [
    EscapeAttempt(
        "reads the users", worksOutside: true, "def attempt(): return 'root' in open('/etc/passwd').read()"),
    EscapeAttempt(
        "reads a file of the test", worksOutside: true,
        "def attempt(): return open('CANARY').read() == 'SECRET'"),
    EscapeAttempt(
        "finds it from the root", worksOutside: true,
        "def attempt(): return any(os.path.exists(up + 'CANARY') for up in ('/proc/self/root', '../../..'))"
    ),
    EscapeAttempt(
        "reads the first process", worksOutside: true,
        "def attempt(): return len(open('/proc/1/cmdline', 'rb').read()) > 0"),
    EscapeAttempt(
        "reads its own memory map", worksOutside: true,
        "def attempt(): return 'python' in open('/proc/self/maps').read()"),
    EscapeAttempt(
        "reads the kernel's settings", worksOutside: true, "def attempt(): return len(os.listdir('/sys')) > 0"
    ),
    EscapeAttempt(
        "lists devices", worksOutside: true,
        "def attempt(): return len(set(os.listdir('/dev')) - {'null'}) > 0"),
    EscapeAttempt(
        "opens memory as a device", "def attempt(): return open('/dev/mem', 'rb').read(1) is not None"),
    EscapeAttempt(
        "makes a device", "def attempt(): os.mknod('/tmp/d', 0o600 | 0o020000, os.makedev(1, 1)); return True"
    ),
    EscapeAttempt(
        "writes beside its library",
        "def attempt(): return open(os.path.dirname(os.__file__) + '/made', 'w').write('x') == 1"),
    EscapeAttempt("writes to the root", "def attempt(): return open('/made', 'w').write('x') == 1"),
    EscapeAttempt(
        "overwrites the interpreter", "def attempt(): return open(sys.executable, 'r+b').write(b'x') == 1"),
    EscapeAttempt(
        "fills the disk", worksOutside: true,
        """
        import tempfile
        def attempt():
            with tempfile.NamedTemporaryFile(dir='/tmp') as file:
                for _ in range(3): file.write(b'x' * (1 << 20))
                file.flush()
            return True
        """),
    EscapeAttempt(
        "fills shared memory", worksOutside: true,
        """
        def attempt():
            with open('/dev/shm/made-by-a-test', 'wb') as file: file.write(b'x' * 4096)
            os.unlink('/dev/shm/made-by-a-test')
            return True
        """),
    EscapeAttempt(
        "reads through a symbolic link", worksOutside: true,
        """
        def attempt():
            link = '/tmp/link-%d' % os.getpid()
            os.symlink('CANARY', link)
            try: return open(link).read() == 'SECRET'
            finally: os.unlink(link)
        """),
    EscapeAttempt(
        "links a file of the machine",
        """
        def attempt(): os.link('/etc/passwd', '/tmp/hard'); return True
        """),
    EscapeAttempt(
        "opens by handle",
        "def attempt(): return call(304, 265, -100, ctypes.create_string_buffer(64), 0) >= 0"),
    EscapeAttempt(
        "reads inherited descriptors", worksOutside: true,
        """
        import stat
        def attempt():
            for number in range(3, 256):
                try:
                    if stat.S_ISREG(os.fstat(number).st_mode): return True
                except OSError: pass
            return False
        """),
    EscapeAttempt(
        "reads secrets of the environment", worksOutside: true,
        "def attempt(): return os.environ.get('STARLING_VARIABLE') == 'SECRET'"),
    EscapeAttempt(
        "makes a file in memory", worksOutside: true, "def attempt(): return os.memfd_create('made') >= 0"),
]

private let networks: [EscapeAttempt] = [
    EscapeAttempt(
        "makes a TCP socket", worksOutside: true, "def attempt(): return socket.socket().fileno() >= 0"),
    EscapeAttempt(
        "connects to a port of the machine", worksOutside: true,
        "def attempt(): return socket.create_connection(('127.0.0.1', PORT), 2).fileno() >= 0"),
    EscapeAttempt(
        "makes a UDP socket", worksOutside: true,
        "def attempt(): return socket.socket(type=socket.SOCK_DGRAM).fileno() >= 0"),
    EscapeAttempt(
        "makes a local socket", worksOutside: true,
        "def attempt(): return socket.socket(socket.AF_UNIX).fileno() >= 0"),
    EscapeAttempt(
        "makes a pair of sockets", worksOutside: true, "def attempt(): return len(socket.socketpair()) == 2"),
    EscapeAttempt(
        "makes a raw socket",
        "def attempt(): return socket.socket(type=socket.SOCK_RAW, proto=1).fileno() >= 0"),
    EscapeAttempt(
        "asks the kernel by netlink", worksOutside: true,
        "def attempt(): return socket.socket(16, socket.SOCK_RAW, 0).fileno() >= 0"),
    EscapeAttempt(
        "sees packets", "def attempt(): return socket.socket(17, socket.SOCK_RAW, 768).fileno() >= 0"),
    EscapeAttempt(
        "resolves a name", worksOutside: true,
        "def attempt(): return len(socket.getaddrinfo('localhost', 80)) > 0"),
    EscapeAttempt(
        "lists interfaces", worksOutside: true, "def attempt(): return len(socket.if_nameindex()) > 0"),
]

private let processes: [EscapeAttempt] = [
    EscapeAttempt(
        "forks", worksOutside: true,
        """
        def attempt():
            child = os.fork()
            if child == 0: os._exit(0)
            return os.waitpid(child, 0)[0] == child
        """),
    EscapeAttempt(
        "is a fork bomb",
        """
        def attempt():
            while True: os.fork()
        """),
    EscapeAttempt(
        "forks by the C library", worksOutside: true,
        """
        def attempt():
            child = libc.fork()
            if child == 0: os._exit(0)
            return child > 0
        """),
    EscapeAttempt(
        "starts a program", worksOutside: true,
        "import subprocess\ndef attempt(): return subprocess.run(['/bin/true']).returncode == 0"),
    EscapeAttempt("starts a shell", worksOutside: true, "def attempt(): return os.system('true') == 0"),
    EscapeAttempt("becomes a shell", "def attempt(): os.execv('/bin/sh', ['sh', '-c', 'echo True'])"),
    EscapeAttempt(
        "starts a thread", worksOutside: true,
        """
        import threading
        def attempt():
            done = []
            thread = threading.Thread(target=lambda: done.append(1))
            thread.start()
            thread.join()
            return len(done) == 1
        """),
    EscapeAttempt(
        "leaves a daemon behind",
        """
        import time
        def attempt():
            if os.fork() == 0:
                os.setsid()
                while True: time.sleep(1)
            return True
        """),
    EscapeAttempt(
        "takes two gigabytes", worksOutside: true,
        "def attempt(): return len(bytearray(2 << 30)) == 2 << 30"),
    EscapeAttempt(
        "takes two gigabytes in pieces", worksOutside: true,
        "import mmap\ndef attempt(): return len([mmap.mmap(-1, 64 << 20) for _ in range(32)]) == 32"),
    EscapeAttempt(
        "raises its own limits",
        """
        import resource
        def attempt():
            resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
            return len(bytearray(1 << 30)) == 1 << 30
        """
    ),
    EscapeAttempt(
        "sends a signal to its parent", worksOutside: true,
        "def attempt(): os.kill(os.getppid(), 0); return True"),
    EscapeAttempt("kills its parent", "def attempt(): os.kill(os.getppid(), 9); return True"),
    EscapeAttempt("signals everybody", "def attempt(): os.kill(-1, 0); return True"),
    EscapeAttempt(
        "holds the first process", worksOutside: true, "def attempt(): return os.pidfd_open(1) >= 0"),
    EscapeAttempt("traces", "def attempt(): return call(101, 117, 16, os.getppid(), 0, 0) == 0"),
    EscapeAttempt(
        "asks to be traced", worksOutside: true, "def attempt(): return call(101, 117, 0, 0, 0, 0) == 0"),
    EscapeAttempt(
        "reads its parent's memory",
        """
        def attempt():
            here, there = ctypes.create_string_buffer(16), ctypes.create_string_buffer(16)
            return call(310, 270, os.getppid(), here, 1, there, 1, 0) >= 0
        """
    ),
    EscapeAttempt("becomes root", "def attempt(): os.setuid(0); return os.getuid() == 0"),
    EscapeAttempt("is root or has its rights", "def attempt(): return os.getuid() == 0 or os.geteuid() == 0"),
    EscapeAttempt("takes priority", "def attempt(): os.setpriority(os.PRIO_PROCESS, 0, -20); return True"),
    EscapeAttempt(
        "leaves its processor", worksOutside: true, "def attempt(): os.sched_setaffinity(0, {0}); return True"
    ),
]

private let kernel: [EscapeAttempt] = [
    EscapeAttempt("mounts", "def attempt(): return libc.mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None) == 0"),
    EscapeAttempt("unmounts", "def attempt(): return libc.umount2(b'/usr', 2) == 0"),
    EscapeAttempt("changes the root", "def attempt(): os.chroot('/'); return True"),
    EscapeAttempt("makes a user namespace", "def attempt(): return libc.unshare(0x10000000) == 0"),
    EscapeAttempt("makes a network namespace", "def attempt(): return libc.unshare(0x40000000) == 0"),
    EscapeAttempt(
        "clones into a namespace", "def attempt(): return call(56, 220, 0x10000000 | 17, 0, 0, 0, 0) >= 0"),
    EscapeAttempt(
        "clones the newer way",
        """
        def attempt():
            words = (ctypes.c_uint64 * 8)(0x10000000, 0, 0, 0, 17, 0, 0, 0)
            return call(435, 435, ctypes.byref(words), 64) >= 0
        """),
    EscapeAttempt("joins a namespace", "def attempt(): return libc.setns(0, 0) == 0"),
    EscapeAttempt(
        "has an io_uring", "def attempt(): return call(425, 425, 4, ctypes.create_string_buffer(256)) >= 0"),
    EscapeAttempt(
        "loads a kernel program",
        "def attempt(): return call(321, 280, 0, ctypes.create_string_buffer(128), 128) >= 0"),
    EscapeAttempt(
        "adds a key", "def attempt(): return call(248, 217, b'user', b'name', b'secret', 6, -3) >= 0"),
    EscapeAttempt("asks for keys", "def attempt(): return call(250, 219, 0, -3, 1) >= 0"),
    EscapeAttempt(
        "measures performance",
        "def attempt(): return call(298, 241, ctypes.create_string_buffer(128), 0, -1, -1, 0) >= 0"),
    EscapeAttempt("handles page faults", "def attempt(): return call(323, 282, 1) >= 0"),
    EscapeAttempt("loads another kernel", "def attempt(): return call(246, 104, 0, 0, 0, 0) >= 0"),
    EscapeAttempt("loads a module", "def attempt(): return call(313, 273, 0, b'', 0) >= 0"),
    EscapeAttempt("restarts the machine", "def attempt(): return call(169, 142, 0, 0, 0, 0) >= 0"),
    EscapeAttempt(
        "sets the clock",
        """
        def attempt():
            time = (ctypes.c_long * 2)(0, 0)
            return call(227, 112, 99, ctypes.byref(time)) >= 0
        """),
    EscapeAttempt("renames the machine", "def attempt(): socket.sethostname('x'); return True"),
    EscapeAttempt(
        "knows the machine's name", worksOutside: true,
        "def attempt(): return os.uname().nodename != 'sandbox'"),
    EscapeAttempt(
        "reads the kernel's log",
        "def attempt(): return libc.klogctl(3, ctypes.create_string_buffer(64), 64) > 0"),
    EscapeAttempt(
        "shares memory by key", worksOutside: true, "def attempt(): return call(29, 194, 0, 4096, 0o600) >= 0"
    ),
    EscapeAttempt("watches files", worksOutside: true, "def attempt(): return libc.inotify_init1(0) >= 0"),
    EscapeAttempt("changes its personality", "def attempt(): return call(135, 92, 0x0040000) >= 0"),
    EscapeAttempt(
        "changes its own process settings", worksOutside: true,
        "def attempt(): return libc.prctl(15, b'name', 0, 0, 0) == 0"),
    EscapeAttempt(
        "types into a terminal", "import fcntl\ndef attempt(): fcntl.ioctl(0, 0x5412, b'x'); return True"),
    EscapeAttempt(
        "calls by the other table",
        """
        import mmap
        def attempt():
            # getpid in the 32-bit table: the kernel must not take it for a call of ours.
            if platform.machine() != 'x86_64': raise OSError()
            code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
            code.write(bytes([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3]))
            address = ctypes.addressof(ctypes.c_char.from_buffer(code))
            return ctypes.CFUNCTYPE(ctypes.c_int)(address)() > 0
        """),
    EscapeAttempt(
        "calls by x32 numbers",
        "def attempt(): return platform.machine() == 'x86_64' and call(0x40000000 + 39, 0) > 0"),
]
