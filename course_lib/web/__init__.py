"""The library in a web page: the kernels that interactive figures need, as WebAssembly.

``make wasm`` compiles the functions of :mod:`course_lib.web.exports` into ``book/figures/kernels.wasm``.
That file is committed: to build the book takes neither numba's compiler nor a linker.
"""
