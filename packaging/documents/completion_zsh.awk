# SPDX-License-Identifier: Apache-2.0
# For zsh: a function for each command, by _arguments. Reads what completion.sh writes.
BEGIN {
    print "#compdef nlinit"
    print "# zsh completion of nlinit(8); made of its help texts"
}

function quoted(text) {
    gsub(/'/, "'\\''", text)
    return "'" text "'"
}
function described(text) {
    sub(/[ ,]+$/, "", text)
    gsub(/[:\\]|\[|\]/, "\\\\&", text)
    return text
}
function words_of(value) {
    gsub(/\|/, " ", value)
    return value
}

# ":what it is called:what it may be"
function values(value) {
    if (value == "") return ""
    if (value ~ /^[a-z0-9]+(\|[a-z0-9]+)+$/) return ":value:(" words_of(value) ")"
    if (value == "FILE" || value == "PATH") return ":" value ":_files"
    if (value ~ /^DIR/) return ":" value ":_files -/"
    if (value == "VERSION") return ":" value ":_files -/ -W /lib/modules"
    if (value == "NAME|PATH") return ":namespace:_files -W /run/netns"
    gsub(/:/, "\\:", value)
    return ":" value ": "
}

$1 == "" { parameters = parameters " " quoted($2); next }
$1 == "COMMAND" && $2 ~ /^-/ { own = own " \\\n        " quoted($2 "[" described($4) "]"); next }
$1 == "COMMAND" {
    commands = commands " \\\n        " quoted($2 ":" described($4))
    names[++count] = $2
    next
}
{
    options[$1] = options[$1] " \\\n        " quoted($2 "[" described($4) "]" values($3))
    if ($2 == "--help") helped[$1] = 1
}

END {
    operand["netsetup"] = "'::interface:_files -W /sys/class/net'"
    operand["plan"] = "'*:kernel parameter:_nlinit_parameters'"
    operand["check"] = operand["report"] = "'::FILE:_files'"
    print "\n_nlinit_parameters() { compadd -S '' --" parameters "; }"
    for (i = 1; i <= count; ++i) {
        name = names[i]
        help = name in helped ? "" : " \\\n        '--help[what it takes]'"
        print "\n_nlinit_" name "() {\n    _arguments" options[name] help (name in operand ? " \\\n        " operand[name] : "")
        print "}"
    }
    print "\n_nlinit() {"
    print "    local -a commands\n    commands=(" commands "\n    )"
    print "    if ((CURRENT == 2)); then"
    print "        _describe command commands"
    print "        _arguments" own
    print "        return"
    print "    fi"
    print "    local command=_nlinit_${words[2]}"
    print "    shift words"
    print "    ((CURRENT--))"
    print "    ((! $+functions[$command])) || $command"
    print "}\n\n_nlinit \"$@\""
}
