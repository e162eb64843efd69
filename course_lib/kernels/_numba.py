"""What numba must be told so that kernels can be written as they are. Imported by :mod:`.policy` alone, late."""

from __future__ import annotations

import sys
from typing import Any

from llvmlite import ir
from numba.core import types as numba_types
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic, overload, typeof_impl

from . import policy, words

# numba compares the bare signatures of these functions with those that they stand for: no annotations.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

types: Any = numba_types

_WORD = 8  # bytes of what the atomic operations work on


# --- loops over elements


# Inlined, because behind a call numba no longer knows that the range starts at 0, and a loop that
# may count from below zero is not vectorized: the steps of Adam were 7 times slower.
@overload(policy.elements, inline="always")
def _elements(array):
    return lambda array: range(array.size)


@intrinsic
def _as_contiguous(_context, array):
    contiguous = array.copy(layout="C")

    def unchanged(context, builder, signature, values):
        return impl_ret_borrowed(context, builder, contiguous, values[0])

    return contiguous(array), unchanged


@overload(policy.choose)  # inlined by LLVM; inline="always" and a condition make numba warn
def _choose(condition, yes, no):
    return lambda condition, yes, no: yes if condition else no


@overload(policy.total)
def _total(values):
    return lambda values: values


@overload(policy.row, inline="always")
def _row(table, k):
    return lambda table, k: _as_contiguous(table[k])


@typeof_impl.register(policy.Kernel)  # type: ignore[untyped-decorator]
def _typeof_kernel(value: policy.Kernel, _context: Any) -> Any:
    return types.Dispatcher(value.compiled)


@intrinsic
def _apart(_context):
    def generate(context, builder, _signature, _values):
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), generate


@overload(policy.apart, inline="always")
def _policy_apart():
    return lambda: _apart()


# --- memory by its address


# All inlined: a function of its own would need its module when it is read from the cache, which then takes as
# long as all the rest.


@intrinsic
def _vector(_context, address, size, dtype):
    """Make an array of memory that numba does not own (its `carray`, without the functions around it)."""
    kind = types.Array(dtype.dtype, 1, "C")

    def generate(context, builder, _signature, values):
        return _array(context, builder, kind, values[0], [values[1]])

    return kind(types.int64, types.int64, dtype), generate


@intrinsic
def _table(_context, address, rows, columns, dtype):
    kind = types.Array(dtype.dtype, 2, "C")

    def generate(context, builder, _signature, values):
        return _array(context, builder, kind, values[0], values[1:3])

    return kind(types.int64, types.int64, types.int64, dtype), generate


def _array(context, builder, kind, address, shape):
    from numba.np.arrayobj import make_array, populate_array

    array = make_array(kind)(context, builder)
    size = context.get_abi_sizeof(context.get_data_type(kind.dtype))
    strides: list[Any] = []
    step = context.get_constant(types.intp, size)
    for length in reversed(shape):
        strides.insert(0, step)
        step = builder.mul(step, length)
    populate_array(
        array,
        data=builder.inttoptr(address, context.get_data_type(kind.dtype).as_pointer()),
        shape=shape,
        strides=strides,
        itemsize=context.get_constant(types.intp, size),
        meminfo=None,
    )
    return array._getvalue()


@overload(words.memory, inline="always")
def _memory(address, shape, dtype):
    if isinstance(shape, types.UniTuple):
        return lambda address, shape, dtype: _table(address, shape[0], shape[1], dtype)
    return lambda address, shape, dtype: _vector(address, shape, dtype)


def _at(builder, address):
    return builder.inttoptr(address, ir.IntType(64).as_pointer())


@intrinsic
def _load(_context, address):
    def generate(_context, builder, _signature, values):
        return builder.load_atomic(_at(builder, values[0]), "seq_cst", _WORD)

    return types.int64(types.int64), generate


@intrinsic
def _store(_context, address, value):
    def generate(context, builder, _signature, values):
        builder.store_atomic(values[1], _at(builder, values[0]), "seq_cst", _WORD)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


@intrinsic
def _add(_context, address, value):
    def generate(_context, builder, _signature, values):
        return builder.atomic_rmw("add", _at(builder, values[0]), values[1], "seq_cst")

    return types.int64(types.int64, types.int64), generate


@intrinsic
def _replace(_context, address, old, new):
    def generate(_context, builder, _signature, values):
        pair = builder.cmpxchg(_at(builder, values[0]), values[1], values[2], "seq_cst", "seq_cst")
        return builder.extract_value(pair, 1)

    return types.boolean(types.int64, types.int64, types.int64), generate


@overload(words.load, inline="always")
def _words_load(address):
    return lambda address: _load(address)


@overload(words.store, inline="always")
def _words_store(address, value):
    return lambda address, value: _store(address, value)


@overload(words.add, inline="always")
def _words_add(address, value):
    return lambda address, value: _add(address, value)


@overload(words.replace, inline="always")
def _words_replace(address, old, new):
    return lambda address, old, new: _replace(address, old, new)


if sys.platform == "win32":

    @overload(words.nap, inline="always")
    def _nap():
        return lambda: None

else:
    _usleep = types.ExternalFunction("usleep", types.int32(types.uint32))

    @overload(words.nap, inline="always")
    def _nap():
        return lambda: _usleep(50)
