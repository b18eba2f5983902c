# SPDX-License-Identifier: Apache-2.0
# cmake -D SOURCE=FOLDER -D OUTPUT=FILE [-D COMMIT=TEXT] -P commit.cmake: a header with the commit that FOLDER is at, or
# with TEXT; "unknown" where FOLDER is not the root of a repository. A header that says the same is left as it is.
cmake_minimum_required(VERSION 3.25)

if(NOT COMMIT AND EXISTS ${SOURCE}/.git)
    execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
                    OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT COMMIT)
    set(COMMIT unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define NLINIT_COMMIT \"@COMMIT@\"\n" @ONLY)
