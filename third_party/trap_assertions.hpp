// SPDX-License-Identifier: Apache-2.0
// Includes before all else what makes the containers of libstdc++ check (_GLIBCXX_ASSERTIONS), and has a failed check
// trap. libstdc++'s own macro hands four texts to a function at each of them, 100 kB of the program that ships, most of
// it names of templates.
#pragma once

#include <cstddef>

#ifdef __glibcxx_assert_impl
#undef __glibcxx_assert_impl
#define __glibcxx_assert_impl(condition)             \
    if (__builtin_expect(!bool(condition), false)) { \
        __glibcxx_constexpr_assert(false);           \
        __builtin_trap();                            \
    }
#endif

// The same from libstdc++ 13 on.
#ifdef _GLIBCXX_ASSERT_FAIL
#undef _GLIBCXX_ASSERT_FAIL
#define _GLIBCXX_ASSERT_FAIL(condition) __builtin_trap()
#endif
