/// One rule on rows: draws an input and its output, or nothing where the draw does not fit.
///
/// The order of draws inside a rule is part of the task format, odd as some of it looks.
struct ArcRule: Sendable {
    /// A row before and after the rule.
    struct Rows: Sendable {
        var input: [Int]
        var output: [Int]
    }
    typealias Draw = @Sendable (_ random: inout PythonRandom, _ size: Int) -> Rows?

    let name: String
    let draw: Draw

    init(_ name: String, _ draw: @escaping Draw) {
        self.name = name
        self.draw = draw
    }

    /// The rule seen from the other side.
    private func mirrored(_ name: String) -> ArcRule {
        ArcRule(name) { random, size in
            draw(&random, size).map {
                Rows(input: $0.input.reversed(), output: $0.output.reversed())
            }
        }
    }

    /// Output and input exchanged.
    private func inverted(_ name: String) -> ArcRule {
        ArcRule(name) { random, size in
            draw(&random, size).map { Rows(input: $0.output, output: $0.input) }
        }
    }

    /// Every rule, in the order from which a task chooses.
    static let all: [ArcRule] = moves + gravities + blocks + patterns + colours

    private static let moves: [ArcRule] = {
        var rules: [ArcRule] = []
        for wrapped in [false, true] {
            var right: [ArcRule] = []
            for solid in [true, false] {
                for shift in 1...4 {
                    let look = (solid ? "solid" : "colorful") + (wrapped ? "_wrapped" : "")
                    right.append(
                        ArcRule("move_\(shift)pix_\(look)_right") { random, size in
                            wrapped
                                ? moveWrapped(&random, size, by: shift, solid: solid)
                                : move(&random, size, by: shift, solid: solid)
                        })
                }
            }
            rules += right + right.map { $0.mirrored($0.name.dropLast(5) + "left") }
        }
        return rules
    }()

    private static let gravities: [ArcRule] = {
        let right = [
            ArcRule("gravity_right", gravity), ArcRule("gravity_counting_right", gravityCounting),
            ArcRule("gravity_antigravity_right", gravityAntigravity),
            ArcRule("gravity_one_step_right", gravityOneStep),
            ArcRule("gravity_weighted_colors_right", gravityWeighted),
        ]
        return right + right.map { $0.mirrored($0.name.dropLast(5) + "left") }
    }()

    private static let blocks: [ArcRule] =
        [ArcRule("block_touch_dot", touchDot)]
        + (1...4).map { shift in
            ArcRule("block_touch_dot_\(shift)pix") { approachDot(&$0, $1, by: shift) }
        } + [
            ArcRule("block_scale_to_dot", scaleToDot),
            ArcRule("block_and_noise_remove", removeNoise),
            ArcRule("block_and_noise_remove_inside", removeNoiseInside),
            ArcRule("move_block_by_own_size", moveByOwnSize),
        ]

    private static let patterns: [ArcRule] = {
        let fill = ArcRule("two_points_and_fill", fillBetween)
        return [
            fill, fill.inverted("two_points_and_fill_inv"),
            ArcRule("copy_block_to_dots") { copyToDots(&$0, $1, ownColours: false) },
            ArcRule("copy_block_to_dots_colors") { copyToDots(&$0, $1, ownColours: true) },
            ArcRule("repeat_pattern_full", repeatPattern),
            ArcRule("reflect_block_with_border_pixel", reflectBorder),
            ArcRule("reflect_block_random", reflectRandom),
            ArcRule("reflect_block_around_dot", reflectAroundDot),
        ]
    }()

    private static let colours: [ArcRule] = [
        ArcRule("paint_biggest_block", paintBiggest),
        ArcRule("recolor_blocks_by_size", recolourBySize),
        ArcRule("change_to_five", changeToFive),
        ArcRule("recolor_blocks_from_palette", recolourFromPalette),
        ArcRule("color_left_half_blocks", colourLeftHalf),
        ArcRule("sort_blocks_by_size", sortBySize),
        ArcRule("sort_complete_sequence", sortSequence),
        ArcRule("duplicate_block_from_seeds", duplicateFromSeeds),
        ArcRule("fill_from_pixel", fillFromPixel),
        ArcRule("fill_until_collision", fillUntilCollision),
        ArcRule("mark_size_two_blocks", markPairs),
    ]
}

extension [Int] {
    /// A row of one colour, black unless said otherwise.
    init(row size: Int) { self = Array(repeating: 0, count: size) }

    /// Colours `count` cells from `start` on.
    mutating func paint(_ colour: Int, at start: Int, count: Int) {
        for i in start..<(start + count) { self[i] = colour }
    }

    /// Writes a block of colours from `start` on.
    mutating func write(_ block: [Int], at start: Int) {
        for (i, colour) in block.enumerated() { self[start + i] = colour }
    }
}
