# Runs a brainfuck program as the applets brainfuck and bfc do: 65,536 cells in a ring, 0 at the end
# of input. Standard input is the program, then `!` and what it reads; or the argument is the program.
import sys


def run(text, data):
    program = [c for c in text if c in b"><+-.,[]"]
    opened, partner = [], {}
    for place, c in enumerate(program):
        if c == ord("["):
            opened.append(place)
        elif c == ord("]"):
            partner[place] = opened.pop()
            partner[partner[place]] = place
    cells, at, place, taken, out = bytearray(1 << 16), 0, 0, 0, bytearray()
    while place < len(program):
        c = chr(program[place])
        if c in "><":
            at = (at + (1 if c == ">" else -1)) % len(cells)
        elif c in "+-":
            cells[at] = (cells[at] + (1 if c == "+" else -1)) % 256
        elif c == ".":
            out.append(cells[at])
        elif c == ",":
            cells[at] = data[taken] if taken < len(data) else 0
            taken += 1
        elif (c == "[") == (cells[at] == 0):
            place = partner[place]
        place += 1
    return bytes(out)


given = sys.stdin.buffer.read()
if len(sys.argv) > 1:
    answer = run(sys.argv[1].encode(), given)
else:
    text, _, data = given.partition(b"!")
    answer = run(text, data)
sys.stdout.buffer.write(answer)
