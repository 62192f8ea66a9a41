# A Lisp like the applet lisp: standard input is the program, and each expression's value is printed.
# It knows no mistakes. Numbers are ints, symbols strings, pairs Python lists of two, () is None.
import operator
import re
import sys
from functools import reduce

sys.setrecursionlimit(100000)
TRUE = "t"


def parse(tokens):
    token = tokens.pop(0)
    if token == "'":
        return ["quote", [parse(tokens), None]]
    if token == "(":
        return parse_rest(tokens)
    return int(token) if re.fullmatch(r"[+-]?\d+", token) else token


def parse_rest(tokens):
    if tokens[0] == ")":
        tokens.pop(0)
        return None
    if tokens[0] == ".":
        tokens.pop(0)
        last = parse(tokens)
        assert tokens.pop(0) == ")"
        return last
    first = parse(tokens)
    return [first, parse_rest(tokens)]


def items(pairs):
    found = []
    while isinstance(pairs, list):
        found.append(pairs[0])
        pairs = pairs[1]
    return found


def make_list(values):
    return reduce(lambda rest, value: [value, rest], reversed(values), None)


class Function:
    def __init__(self, parameters, body, around):
        self.parameters, self.body, self.around = parameters, body, around


def truth(flag):
    return TRUE if flag else None


def quotient(a, b):
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def show_and_give(value):
    print(show(value))
    return value


BUILTINS = {
    "cons": lambda a, b: [a, b],
    "car": lambda a: a[0],
    "cdr": lambda a: a[1],
    "list": lambda *a: make_list(list(a)),
    "null?": lambda a: truth(a is None),
    "not": lambda a: truth(a is None),
    "pair?": lambda a: truth(isinstance(a, list)),
    "symbol?": lambda a: truth(isinstance(a, str)),
    "number?": lambda a: truth(isinstance(a, int)),
    "eq?": lambda a, b: truth(a is b if isinstance(a, list) else a == b),
    "+": lambda *a: sum(a),
    "-": lambda a, *b: reduce(operator.sub, b, a) if b else -a,
    "*": lambda *a: reduce(operator.mul, a, 1),
    "/": quotient,
    "%": lambda a, b: a - b * quotient(a, b),
    "=": lambda a, b: truth(a == b),
    "<": lambda a, b: truth(a < b),
    ">": lambda a, b: truth(a > b),
    "<=": lambda a, b: truth(a <= b),
    ">=": lambda a, b: truth(a >= b),
    "print": show_and_give,
}
world = {"t": TRUE, "nil": None} | BUILTINS


def bind(parameters, values, around):
    around = dict(around)
    while isinstance(parameters, list):
        around[parameters[0]], parameters = values.pop(0), parameters[1]
    if parameters is not None:
        around[parameters] = make_list(values)
    return around


def evaluate(x, names):
    while True:
        if isinstance(x, str):
            return names[x] if x in names else world[x]
        if not isinstance(x, list):
            return x
        head, rest = x[0], items(x[1])
        if head == "quote":
            return rest[0]
        if head == "if":
            chosen = rest[1:2] if evaluate(rest[0], names) is not None else rest[2:3]
            if not chosen:
                return None
            x = chosen[0]
            continue
        if head == "define":
            if isinstance(rest[0], list):
                name = rest[0][0]
                world[name] = Function(rest[0][1], rest[1:], names)
            else:
                name = rest[0]
                world[name] = evaluate(rest[1], names)
            return name
        if head == "lambda":
            return Function(rest[0], rest[1:], names)
        if head in ("and", "or"):
            value = truth(head == "and")
            for part in rest:
                value = evaluate(part, names)
                if (value is None) == (head == "and"):
                    break
            return value
        if head == "cond":
            value = None
            for clause in rest:
                value = evaluate(clause[0], names)
                if value is not None:
                    break
            else:
                return None
            body = items(clause[1])
            if not body:
                return value
        elif head == "begin":
            body = rest
        elif head == "let":
            pairs = items(rest[0])
            values = [evaluate(items(pair)[1], names) for pair in pairs]
            names = names | {pair[0]: value for pair, value in zip(pairs, values)}
            body = rest[1:]
        else:
            function = evaluate(head, names)
            values = [evaluate(part, names) for part in rest]
            if not isinstance(function, Function):
                return function(*values)
            names = bind(function.parameters, values, function.around)
            body = function.body
        for part in body[:-1]:
            evaluate(part, names)
        x = body[-1] if body else None


def show(value):
    if value is None:
        return "()"
    if isinstance(value, list):
        parts = []
        while isinstance(value, list):
            parts.append(show(value[0]))
            value = value[1]
        return "(" + " ".join(parts) + ("" if value is None else " . " + show(value)) + ")"
    if isinstance(value, Function):
        return "<lambda>"
    if callable(value):
        return f"<{next(name for name, code in BUILTINS.items() if code is value)}>"
    return str(value)


text = re.sub(r";[^\n]*", "", sys.stdin.read())
tokens = re.findall(r"[()']|[^\s()']+", text)
while tokens:
    print(show(evaluate(parse(tokens), {})))
