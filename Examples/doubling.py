# The same environment in Python: starling env test --program "python3 Examples/doubling.py"
import json
import random
import sys

for line in sys.stdin:
    asked = json.loads(line)
    if asked["op"] == "hello":
        reply = {"protocol": 1, "name": "doubling"}
    else:
        number = random.Random(asked["seed"] + asked["index"]).randint(1, 99)
        reply = {"question": f"What is twice {number}?", "answer": str(2 * number)}
    print(json.dumps(reply), flush=True)
