/// The recipes that this program carries, as the files in `recipes/` have them (a test compares).
enum BuiltInRecipe {
    /// The tiny model that a swarm starts from.
    static let seedling = #"""
        # The seed model: a tiny transformer over characters that has seen how words are spelled backward, and
        # does it right now and then. A swarm has something to learn from it.
        #   starling train --config recipes/seedling.toml
        name = "seedling"
        seed = 0

        [task]
        kind = "supervised"

        [[task.environments]]
        environment = "spell_backward"
        config = { min_word_len = 3, max_word_len = 5 }

        [model]
        alphabet = " !\"#$%&'()*+,-./0123456789\#
        :;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
        width = 64
        layers = 2
        heads = 4
        feed_forward = 176
        context = 128

        [optimizer]
        rate = 1.5e-3
        decay = "cosine"

        [supervised]
        steps = 400
        batch = 96

        """#

    /// What `starling up` does.
    static let swarm = #"""
        # Four nodes that start from the seedling and learn a task of Reasoning Gym by rewards alone: to spell
        # words backward.
        #   starling up --config recipes/swarm.toml
        name = "swarm"
        seed = 0

        [task]
        kind = "grpo"

        [[task.environments]]
        environment = "spell_backward"
        config = { min_word_len = 3, max_word_len = 5 }

        [model]
        from = "models/seedling"

        [optimizer]
        rate = 1e-3
        warmup = 10

        [grpo]
        rounds = 120
        nodes = 4
        tasks = 16
        answers = 16
        new_tokens = 8

        """#

    /// What `starling up --model` does.
    static let chat = #"""
        # A chat model learns to add: most of the reward is for the right number, some for nothing but a
        # number.
        #   starling up --config recipes/chat.toml --set model.from=~/models/SmolLM2-135M-Instruct
        name = "chat"
        seed = 0

        [task]
        kind = "grpo"
        answer = "last_number"
        format_share = 0.2
        instruction = "Reply with only the number."

        [[task.environments]]
        environment = "basic_arithmetic"

        [task.environments.config]
        min_terms = 2
        max_terms = 2
        min_digits = 1
        max_digits = 1
        operators = ["+"]
        allow_parentheses = false
        allow_negation = false
        format_style = "natural"

        [model]
        from = "models/SmolLM2-135M-Instruct"

        [optimizer]
        rate = 1e-5
        beta2 = 0.99
        warmup = 0

        [grpo]
        rounds = 80
        nodes = 2
        tasks = 4
        answers = 8
        new_tokens = 16

        """#

    /// What `starling sapo` plays.
    static let sapo = #"""
        # Eight nodes that learn from their own and others' rollouts: what `starling sapo` plays in several
        # proportions, as the paper does with eight agents and answers (arXiv 2509.08721). A word spelled
        # backward earns 1, anything else nothing, so most questions say nothing. Without --config the command
        # starts from a seedling that was taught for 520 steps, which is right once in nine.
        #   starling sapo
        name = "sapo"
        seed = 0

        [task]
        kind = "grpo"
        partial = false

        [[task.environments]]
        environment = "spell_backward"
        config = { min_word_len = 3, max_word_len = 5 }

        [model]
        from = "models/seedling"

        [optimizer]
        rate = 1e-4
        warmup = 10

        [grpo]
        rounds = 400
        nodes = 8
        answers = 8
        new_tokens = 8

        """#

    /// What `starling codezero run` plays.
    static let codezero = #"""
        # CodeZero with tiny models: a proposer writes tasks of Python, a solver answers them, a sandbox
        # runs the answers, evaluators judge them without running them. All are first taught from generated
        # problems what such texts look like; half of the programs that the solver is taught are wrong, and
        # rewards tell which.
        #   starling codezero run
        name = "codezero"
        seed = 0

        [task]
        kind = "codezero"
        proposer = "model"
        rewards = "execution"

        [model]
        pieces = 400
        width = 96
        layers = 2
        heads = 4
        feed_forward = 256
        context = 640

        [optimizer]
        rate = 2e-4
        warmup = 10

        [lessons]
        solver_steps = 800
        solver_batch = 16
        solver_levels = [1, 2, 3]
        proposer_steps = 1000
        proposer_batch = 16
        proposer_levels = [1, 2, 3, 4, 5]
        evaluator_steps = 2500
        evaluator_batch = 16
        evaluator_levels = [1, 2, 3]

        [codezero]
        rounds = 100
        proposals = 12
        answers = 16
        new_tokens = 128
        draft_tokens = 320
        proposer_rate = 3e-5
        level = 2
        held_out = 192
        held_out_levels = [2, 3]
        evaluators = 3
        audits = 2

        """#

    /// What `starling codezero run --model` plays.
    static let codechat = #"""
        # CodeZero with a chat model that learns to write Python: the generator writes the tasks, the model
        # itself, frozen, is the evaluator.
        #   starling codezero run --model ~/models/SmolLM2-135M-Instruct
        name = "codechat"
        seed = 0

        [task]
        kind = "codezero"
        proposer = "generator"
        rewards = "execution"
        instruction = "Reply with only the Python code of the function."

        [model]
        from = "models/SmolLM2-135M-Instruct"

        [optimizer]
        rate = 1e-5
        beta2 = 0.99
        warmup = 0

        [codezero]
        rounds = 60
        proposals = 4
        answers = 8
        new_tokens = 96
        level = 1
        level_max = 3
        held_out = 48
        held_out_levels = [2]
        evaluators = 1

        """#

    /// The tiny model that a study group starts from.
    static let sums = #"""
        # The model that a study group starts from: a tiny transformer over characters that has seen how the
        # group speaks. It answers, judges and votes in the right form, and is right now and then.
        #   starling train --config recipes/sums.toml
        name = "sums"
        seed = 0

        [task]
        kind = "supervised"

        [[task.environments]]
        environment = "basic_arithmetic"

        [task.environments.config]
        min_terms = 2
        max_terms = 2
        min_digits = 1
        max_digits = 1
        operators = ["+"]
        allow_parentheses = false
        allow_negation = false

        [model]
        alphabet = "\n !\"#$%&'()*+,-./0123456789\#
        :;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
        width = 64
        layers = 2
        heads = 4
        feed_forward = 176
        context = 512

        [optimizer]
        rate = 4e-3
        decay = "cosine"

        [supervised]
        game = "maths"
        players = 2
        steps = 300
        batch = 36
        answer_tokens = 24

        [run]
        evaluate = 0

        """#

    /// What `starling train --env maths` does.
    static let maths = #"""
        # A study group of two that starts from the model of recipes/sums.toml: both answer the same sums,
        # judge each other's answers and vote. Of each reward a fifth is for the form.
        #   starling train --env maths
        #   starling train --config recipes/maths.toml
        name = "maths"
        seed = 0

        [task]
        kind = "grpo"

        [[task.environments]]
        environment = "basic_arithmetic"

        [task.environments.config]
        min_terms = 2
        max_terms = 2
        min_digits = 1
        max_digits = 1
        operators = ["+"]
        allow_parentheses = false
        allow_negation = false

        [model]
        from = "runs/sums/model"

        [optimizer]
        rate = 1e-3
        warmup = 10

        [grpo]
        game = "maths"
        rounds = 100
        nodes = 2
        tasks = 8
        answers = 8
        new_tokens = 24

        [run]
        keep_every = 10
        keep_phases = true

        """#
}
