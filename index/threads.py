"""How many threads a product of matrices uses: one."""

import functools

import threadpoolctl  # type: ignore[import-untyped]  # it ships no types


@functools.cache
def one_blas_thread() -> None:
    """Keep numpy's products to one thread from now on, for the whole process: a limit for a while is shared by all.

    On a busy machine two threads of BLAS wait for each other in every product: a question took 9 s instead of .02.
    """
    threadpoolctl.threadpool_limits(1, "blas")
