# SPDX-License-Identifier: Apache-2.0
# A help text of the program as sections of a manual, or as a table. The text is a literal of C++ in the files that are named:
#   awk -v command=netsetup -v part=synopsis|description|options|status|commands|rest|table -f roff.awk -f help.awk FILE…
# Its form is said in src/app/tool/help.hpp.

index($0, "R\"(usage: nlinit " command " ") > 0 {
    inside = 1
    sub(/.*R"\(/, "")
}
inside && /^\)";/ {
    inside = 0
    found = 1
}
inside { lines[++count] = $0 }

function emit(line) { print safe(line) }

# item(LINE): "  --name VALUE  what it does" in two; false for another line.
function item(line) {
    if (line !~ /^  [-a-z]/) return 0
    line = substr(line, 3)
    tag = line
    what = ""
    if (match(line, /   */)) {
        tag = substr(line, 1, RSTART - 1)
        what = substr(line, RSTART + RLENGTH)
    }
    return 1
}

function synopsis() {
    sub(/^usage: /, "", lines[1])
    emit(typed(lines[1]))
}

# What stands before the options; of the program's own help what stands behind them.
function description(i) {
    for (i = 2; i <= count && lines[i] !~ /^  [-a-z]/; ++i) line_of_prose(lines[i])
}
function rest(i) {
    for (i = count; i > 1 && lines[i] !~ /^  /; --i);
    for (++i; i <= count; ++i) {
        if (is_status(lines[i])) while (lines[i] != "" && i <= count) ++i
        line_of_prose(lines[i])
    }
}
function line_of_prose(line) {
    if (line == "") waiting = 1
    else {
        if (waiting && written) print ".PP"
        waiting = 0
        written = 1
        emit(roff(line, 0))
    }
}

function options(i) {
    for (i = 2; i <= count && !is_status(lines[i]); ++i) {
        if (item(lines[i])) {
            if (tag !~ /^-/) continue
            print ".TP"
            print typed(tag)
            if (what != "") emit(roff(what, 0))
        } else if (lines[i] ~ /:$/ && lines[i + 1] ~ /^  -/) {
            print ".SS " roff(substr(lines[i], 1, length(lines[i]) - 1), 0)
        } else if (lines[i] ~ /^   / && tag ~ /^-/) {
            sub(/^ +/, "", lines[i])
            emit(roff(lines[i], 0))
        }
    }
}
function is_status(line) { return line ~ /^Exit status: / }

function commands(i) {
    for (i = 2; i <= count; ++i) {
        if (!item(lines[i]) || tag !~ /^[a-z]/) continue
        print ".TP"
        print ".BR nlinit\\-" tag " (8)"
        emit(roff(what, 0))
    }
}

# A row for each command and option, for completions: the command, the word that is typed, its value, what it does.
function table(i, whole) {
    for (i = 2; i <= count && !is_status(lines[i]); ++i) {
        if (!item(lines[i])) continue
        if (what == "") {
            what = lines[i + 1]
            sub(/^ +/, "", what)
        }
        sub(/[;(?].*/, "", what)
        if (what !~ /^with -/) sub(/:.*/, "", what)
        while (match(tag, /^[^ ]+, /)) {
            print command "\t" substr(tag, 1, RLENGTH - 2) "\t\t" what
            tag = substr(tag, RLENGTH + 1)
        }
        whole = tag " "
        print command "\t" substr(whole, 1, index(whole, " ") - 1) "\t" substr(tag, index(whole, " ") + 1) "\t" what
    }
}

# "Exit status: 0 fine; 2 a mistake.": an item each.
function exit_status(i, j, text, parts, number) {
    for (i = 2; i <= count && !is_status(lines[i]); ++i);
    for (; i <= count && lines[i] != ""; ++i) text = text (text == "" ? "" : " ") lines[i]
    sub(/^Exit status: /, "", text)
    sub(/\.$/, "", text)
    number = split(text, parts, /; /)
    for (j = 1; j <= number; ++j) {
        match(parts[j], /^[0-9]+ /)
        print ".TP\n.B " substr(parts[j], 1, RLENGTH - 1)
        emit(roff(substr(parts[j], RLENGTH + 1), 0))
    }
}

END {
    if (!found) {
        print "no help text of " command > "/dev/stderr"
        exit 1
    }
    if (part == "synopsis") synopsis()
    else if (part == "description") description()
    else if (part == "rest") rest()
    else if (part == "options") options()
    else if (part == "commands") commands()
    else if (part == "status") exit_status()
    else if (part == "table") table()
}
