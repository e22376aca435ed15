/// Three generations: who is whose spouse, parent and child.
struct FamilyTree {
    struct Person {
        var name: String
        var isFemale: Bool
        var spouse: Int?
        var parents: [Int] = []
        var children: [Int] = []
    }

    private(set) var people: [Person] = []

    /// A random family; nil where names run out before its grown-ups have theirs.
    init?(size: Int, male: [String], female: [String], _ random: inout PythonRandom) {
        var used: Set<String> = []
        func add(female isFemale: Bool, parents: [Int] = [], spouse: Int? = nil) -> Int? {
            let free = (isFemale ? female : male).filter { !used.contains($0) }
            if free.isEmpty { return nil }
            let name = random.choice(free)
            used.insert(name)
            return join(Person(name: name, isFemale: isFemale, spouse: spouse, parents: parents))
        }
        func addCouple(parents: [Int] = [], femaleFirst: Bool = false) -> [Int]? {
            guard let first = add(female: femaleFirst, parents: parents),
                let second = add(female: !femaleFirst, spouse: first)
            else { return nil }
            return [first, second]
        }
        guard let paternal = addCouple() else { return nil }
        var maternal: [Int] = []
        if size > 6 {
            guard let couple = addCouple() else { return nil }
            maternal = couple
        }
        guard let father = add(female: false, parents: paternal) else { return nil }
        var couples: [[Int]] = []
        if size > 3 {
            guard let mother = add(female: true, parents: maternal, spouse: father) else {
                return nil
            }
            couples.append([father, mother])
        }
        // The father's brother and sister, each married.
        for (least, femaleFirst) in [(8, false), (10, true)] where size > least {
            guard let couple = addCouple(parents: paternal, femaleFirst: femaleFirst) else {
                return nil
            }
            couples.append(couple)
        }
        while people.count < size {
            let isFemale = random.choice([false, true])
            let free = (isFemale ? female : male).filter { !used.contains($0) }
            if free.isEmpty { break }
            let name = random.choice(free)
            used.insert(name)
            let parents = random.choice(couples)
            _ = join(Person(name: name, isFemale: isFemale, parents: parents))
        }
    }

    private mutating func join(_ person: Person) -> Int {
        let id = people.count
        people.append(person)
        if let spouse = person.spouse { people[spouse].spouse = id }
        for parent in person.parents { people[parent].children.append(id) }
        return id
    }

    // MARK: Relations

    private func grandparents(of id: Int) -> [Int] {
        people[id].parents.flatMap { people[$0].parents }
    }

    /// What the first is to the second; nil for relatives without a word of their own.
    ///
    /// The sex of nieces, nephews and parents-in-law is taken from the second, as the original
    /// does.
    func relationship(of first: Int, to second: Int) -> String? {
        let (a, b) = (people[first], people[second])
        if b.parents.contains(first) { return a.isFemale ? "mother" : "father" }
        if a.parents.contains(second) { return a.isFemale ? "daughter" : "son" }
        if a.spouse == second { return a.isFemale ? "wife" : "husband" }
        if !a.parents.isEmpty, !b.parents.isEmpty, Set(a.parents) == Set(b.parents) {
            return a.isFemale ? "sister" : "brother"
        }
        let (above, aboveFirst) = (grandparents(of: second), grandparents(of: first))
        if above.contains(first) { return a.isFemale ? "grandmother" : "grandfather" }
        if a.parents.contains(where: above.contains) { return a.isFemale ? "aunt" : "uncle" }
        if b.parents.contains(where: aboveFirst.contains) {
            return b.isFemale ? "niece" : "nephew"
        }
        if let spouse = a.spouse, people[spouse].parents.contains(second) {
            return b.isFemale ? "mother-in-law" : "father-in-law"
        }
        return nil
    }

    /// Every couple and its children, in the order in which a set of couples has them.
    var story: String {
        let pairs = people.indices.compactMap { id in
            people[id].spouse.flatMap { id < $0 ? [id, $0] : nil }
        }
        let couples = PythonSet.ordered(pairs, hash: PythonSet.hash(ofTuple:))
        return couples.map { couple in
            let (first, second) = (people[couple[0]], people[couple[1]])
            let married = "\(first.name) is married to \(second.name)."
            let names = first.children.map { people[$0].name }
            guard let last = names.last else { return married }
            if names.count == 1 { return "\(married) They have a child called \(last)." }
            let others = names.dropLast().joined(separator: ", ")
            return "\(married) They have children called \(others) and \(last)."
        }.joined(separator: " ")
    }
}
