"""The ways in which a program can be changed in one place, as operations on its syntax tree."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

Changes = Iterator[ast.AST]

_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.MatMult: ast.Mult,
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_NAMES = {
    "maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max", "sum": "mean", "mean": "sum",
    "argmax": "argmin", "argmin": "argmax", "any": "all", "all": "any", "ones": "zeros", "zeros": "ones",
    "ones_like": "zeros_like", "zeros_like": "ones_like", "floor": "ceil", "ceil": "floor", "cos": "sin",
    "sin": "cos", "real": "imag", "imag": "real", "exp": "expm1", "log": "log1p",
}  # fmt: skip
# The order of their arguments means nothing.
_SYMMETRIC = {"np.maximum", "np.minimum", "max", "min"}
_IDENTITIES = {"sqrt", "abs", "absolute", "exp", "log", "sign", "square", "copy", "sort", "norm"}


def changes(source: str) -> Iterator[tuple[str, str, str]]:
    r"""Make every change of a program.

    Parameters
    ----------
    source : str
        Text of a module; its functions' docstrings and defaults stay as they are.

    Yields
    ------
    (str, str, str)
        The statement before and after the change, and the whole changed text.

    Examples
    --------
    >>> [after for _, after, _ in changes("def f(x):\n    return x + 1")]
    ['return x - 1', 'return x + 2', 'return x + 0', 'return x + 2 * 1', 'pass']
    """
    tree = ast.parse(source)
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        parameters = [argument.arg for argument in function.args.args]
        for statement, holder, index in _statements(function):
            before = _line(statement)
            for changed in [*_within(statement, parameters), ast.Pass()]:
                holder[index] = ast.fix_missing_locations(ast.copy_location(changed, statement))
                yield before, _line(changed), ast.unparse(tree)
            holder[index] = statement


def only_order(source: str, changed: str) -> bool:
    """Whether two programs differ in the order of the arguments of maxima and minima alone.

    Examples
    --------
    >>> only_order("max(a, 1) - b", "max(1, a) - b"), only_order("max(a, 1) - b", "b - max(a, 1)")
    (True, False)
    """
    return _in_order(source) == _in_order(changed)


def _in_order(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in _SYMMETRIC:
            node.args.sort(key=ast.dump)
    return ast.unparse(tree)


def _line(statement: ast.AST) -> str:
    """Return the first line of a statement: all of a simple one, the head of a loop."""
    return ast.unparse(statement).splitlines()[0]


def _statements(node: ast.AST) -> Iterator[tuple[ast.stmt, list[ast.stmt], int]]:
    """Find every statement below a node, with the list that it stands in; no docstrings."""
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        if not isinstance(block, list):
            continue
        for index, statement in enumerate(block):
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue
            yield statement, block, index
            yield from _statements(statement)


def _within(statement: ast.stmt, parameters: list[str]) -> Iterator[ast.stmt]:
    """Change one expression of a statement's own (not of the statements inside it)."""
    for path, node in _own_nodes(statement):
        for change in (_operator, _comparison, _constant, _call, _shape):
            for new in change(node):
                yield _put(statement, path, new)
        for new in _name(node, parameters):
            yield _put(statement, path, new)


Path = tuple[tuple[str, int | None], ...]


def _own_nodes(node: ast.AST, path: Path = ()) -> Iterator[tuple[Path, ast.AST]]:
    yield path, node
    for field, value in ast.iter_fields(node):
        parts = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for index, part in parts:
            if isinstance(part, ast.AST) and not isinstance(part, ast.stmt):
                yield from _own_nodes(part, (*path, (field, index)))


def _put(statement: ast.stmt, path: Path, new: ast.AST) -> ast.stmt:
    """Return a copy of a statement in which the node at a path is another."""
    if not path:
        return new  # type: ignore[return-value]
    changed = copy.deepcopy(statement)
    node: ast.AST = changed
    for field, index in path[:-1]:
        node = getattr(node, field) if index is None else getattr(node, field)[index]
    field, index = path[-1]
    if index is None:
        setattr(node, field, new)
    else:
        getattr(node, field)[index] = new
    return changed


def _alter(node: ast.AST, change: Callable[[ast.AST], None]) -> ast.AST:
    new = copy.deepcopy(node)
    change(new)
    return new


def _operator(node: ast.AST) -> Changes:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _OPERATORS:
        yield _alter(node, lambda new: setattr(new, "op", _OPERATORS[type(node.op)]()))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield copy.deepcopy(node.operand)
    if isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield _alter(node, lambda new: setattr(new, "op", other()))


def _comparison(node: ast.AST) -> Changes:
    if isinstance(node, ast.Compare):
        for other in _COMPARISONS[type(node.ops[0])]:
            yield ast.Compare(
                copy.deepcopy(node.left), [other(), *node.ops[1:]], copy.deepcopy(node.comparators)
            )


def _constant(node: ast.AST) -> Changes:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
        if value:
            yield ast.Constant(0)
            yield ast.BinOp(ast.Constant(2), ast.Mult(), ast.Constant(value))
    elif isinstance(value, str):
        yield ast.Constant(value + "?")


def _call(node: ast.AST) -> Changes:
    """Swap arguments, leave out a named one, call a related function or none."""
    if not isinstance(node, ast.Call):
        return
    for i in range(len(node.args) - 1):
        swapped = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        yield _alter(node, lambda new, args=swapped: setattr(new, "args", copy.deepcopy(args)))  # type: ignore[misc]
    for i in range(len(node.keywords)):
        rest = node.keywords[:i] + node.keywords[i + 1 :]
        yield _alter(node, lambda new, rest=rest: setattr(new, "keywords", copy.deepcopy(rest)))  # type: ignore[misc]
    if isinstance(node.func, ast.Attribute):
        name = node.func.attr
        if name in _NAMES:
            yield _alter(node, lambda new: setattr(new.func, "attr", _NAMES[name]))  # type: ignore[attr-defined]
        if name in _IDENTITIES and node.args:
            yield copy.deepcopy(node.args[0])


def _shape(node: ast.AST) -> Changes:
    """Turn a condition round, swap what is returned, drop a transpose, shift a slice."""
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        test = ast.UnaryOp(ast.Not(), copy.deepcopy(node.test))
        yield _alter(node, lambda new: setattr(new, "test", test))
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        for i in range(len(node.elts) - 1):
            order = [*node.elts[:i], node.elts[i + 1], node.elts[i], *node.elts[i + 2 :]]
            yield _alter(node, lambda new, order=order: setattr(new, "elts", copy.deepcopy(order)))  # type: ignore[misc]
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield copy.deepcopy(node.value)
    if isinstance(node, ast.Slice):
        for bound in ("lower", "upper"):
            if getattr(node, bound) is not None:
                yield _alter(node, lambda new, bound=bound: setattr(new, bound, None))  # type: ignore[misc]


def _name(node: ast.AST, parameters: list[str]) -> Changes:
    """Use another parameter of the function than the one that is written."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in parameters:
        other = parameters[(parameters.index(node.id) + 1) % len(parameters)]
        if other != node.id:
            yield ast.Name(other, ast.Load())
