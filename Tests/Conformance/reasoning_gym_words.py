"""Writes the word lists of the Gym from the data files of reasoning-gym==0.1.25 (Apache-2.0).

    pip install reasoning-gym==0.1.25
    python Tests/Conformance/reasoning_gym_words.py

The lists and the story are part of the task formats (bf, spell_backward, letter_counting and more):
without them no question would be the same. in_the_year_2889.txt is a public domain text.
"""

import pathlib
import sys

del sys.path[0]  # this folder, where reasoning_gym.py would be found instead of the package
from reasoning_gym.data import read_data_file
from reasoning_gym.data.wordle_words import wordle_words

FOLDER = pathlib.Path(__file__).parents[2] / "Sources/Learning/Gym/Words"
WIDTH = 96


def write(name, swift_type, caption, text):
    """One string literal in lines of at most WIDTH characters; the reader drops the line ends."""
    rows = []
    while text:
        # No row begins or ends with a blank, which editors and formatters take away.
        cut = min(WIDTH, len(text))
        while " " in text[cut - 1 : cut + 1]:
            cut -= 1
        rows.append(text[:cut])
        text = text[cut:]
    assert all("\\" not in row and '"""' not in row for row in rows)
    body = "\n".join("    " + row for row in rows)
    (FOLDER / f"{name}.swift").write_text(
        f"// Written by Tests/Conformance/reasoning_gym_words.py; do not edit.\n\n{caption}\n"
        f'let {swift_type}: StaticString = """\n{body}\n    """\n'
    )


def front_coded(words):
    """Each word as the length it shares with the word before, one digit, and the rest."""
    rows, before = [], ""
    for word in words:
        assert word.isascii() and word.isalpha() and len(word) <= 10
        shared = 0
        while shared < min(len(before), len(word) - 1) and before[shared] == word[shared]:
            shared += 1
        rows.append(f"{shared}{word[shared:]}")
        before = word
    return "".join(rows)


def main():
    assert all(len(word) == 5 and word.isascii() for word in wordle_words)
    write("FiveLetterWords", "fiveLetterWords",
          "/// The words that `bf` prints: five letters each, end to end.", "".join(wordle_words))
    words = [word.strip() for word in read_data_file("words3to10.txt").splitlines()]
    write("EnglishWords", "englishWords",
          "/// The words of `spell_backward`, front-coded: a digit says how many letters a word\n"
          "/// shares with the one before it, then come its other letters.", front_coded(words))
    text = read_data_file("in_the_year_2889.txt")
    assert "|" not in text
    write("StoryText", "storyText",
          "/// \"In the Year 2889\", the text of which several tasks take words and sentences: a bar\n"
          "/// stands for each line end.", text.replace("\n", "|"))


main()
