import Gym
import Testing

@testable import GenRL

@Suite struct `An interval` {
    @Test func `is Student's`() {
        let interval = Interval([1, 2, 3, 4])
        // s = sqrt(5/3), t(3) = 3.182: 3.182 * 1.29099 / 2
        #expect(interval.mean == 2.5 && abs(interval.halfWidth - 2.0540) < 1e-4)
        #expect(Interval([5]).halfWidth == .infinity && Interval([]).halfWidth == 0)
        #expect(
            Interval([3, 3, 3]).isAbove(Interval([2.9, 2.9])) && !Interval([3]).isAbove(Interval([1, 1])))
        #expect(abs(Interval.quantile(40) - 2.021) < 0.002 && abs(Interval.quantile(120) - 1.980) < 0.002)
    }
}

@Suite struct `Pass at k` {
    @Test func `counts the ways to draw without a solution`() {
        #expect(abs(passAtK(1, answers: 10, solved: 3) - 0.3) < 1e-12)
        #expect(passAtK(10, answers: 10, solved: 1) == 1)
        #expect(passAtK(4, answers: 8, solved: 0) == 0)
        // C(6, 3) / C(8, 3) = 20 / 56
        #expect(abs(passAtK(3, answers: 8, solved: 2) - (1 - 20.0 / 56)) < 1e-12)
    }
}

@Suite struct `Calibration of answers` {
    @Test func `is the distance of confidence and accuracy`() {
        let right = Calibration([(0.25, true), (0.25, false), (0.25, false), (0.25, false), (1, true)])
        #expect(right.error == 0 && abs(right.brier - (0.5625 + 3 * 0.0625) / 5) < 1e-12)
        let wrong = Calibration([(0.95, false), (0.95, false), (0.05, true), (2, false)])
        #expect(abs(wrong.error - (2 * 0.95 + 1 + 0.95) / 4) < 0.01)
        #expect(Calibration([]).error == 0)
    }
}

@Suite struct `Two models on the same questions` {
    private func scores(_ rewards: [[Float]]) -> EnvironmentScores {
        EnvironmentScores(
            name: "x",
            items: rewards.enumerated().map { index, rewards in
                .init(
                    id: TaskID(part: "x", seed: 0, index: index),
                    entry: Entry(question: "q", answer: "a"),
                    answers: rewards.map { .init(text: "", reward: $0, confidence: 0.5) })
            })
    }

    @Test func `are compared question by question`() {
        let a = scores([[0, 0], [1, 0], [1, 1], [0.5, 0.5]])
        let b = scores([[0, 0], [1, 1], [0, 1], [1, 0.5]])
        let comparison = Comparison(a, b)
        #expect((comparison.better, comparison.worse, comparison.equal) == (2, 1, 1))
        #expect(abs(comparison.difference.mean - 0.0625) < 1e-12)
        #expect(a.passCounts == [1, 2] && a.pass(at: 2) == 0.5 && a.pass(at: 1) == 0.375)
        #expect(a.solved.mean == 0.375 && a.reward.mean == 0.5)
    }
}
