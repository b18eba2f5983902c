# SPDX-License-Identifier: Apache-2.0
# For bash: a case for each value, then one for the options and one for the operands of each command. Reads what
# completion.sh writes.
BEGIN {
    print "# bash completion of nlinit(8); made of its help texts"
    print "\n# -f for files, -d for directories"
    print "_nlinit_files() {"
    print "    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$2\")"
    print "    compopt -o filenames 2>/dev/null"
    print "}"
    print "\n_nlinit() {"
    print "    local command=${COMP_WORDS[1]-} words=''"
    print "    COMPREPLY=()"
    print "    case \"$COMP_CWORD $command $3\" in"
    listed["netsetup"] = "/sys/class/net"
    of_files["check"] = of_files["report"] = 1
}

# What says what a value may be; nothing where that is anybody's guess.
function values(value) {
    if (value ~ /^[a-z0-9]+(\|[a-z0-9]+)+$/) {
        gsub(/\|/, " ", value)
        return "words='" value "'"
    }
    if (value == "FILE" || value == "PATH") return "_nlinit_files -f \"$2\""
    if (value ~ /^DIR/) return "_nlinit_files -d \"$2\""
    if (value == "VERSION") return names_in("/lib/modules")
    if (value == "NAME|PATH") return names_in("/run/netns")
    return ""
}
function names_in(directory) { return "words=$(command ls " directory " 2>/dev/null)" }
function branch(pattern, what) { print "        " pattern ")" (what == "" ? "" : " " what) " ;;" }

$1 == "" { parameters = parameters " " $2; next }
$1 == "COMMAND" {
    all = all " " $2
    if ($2 !~ /^-/) names[++count] = $2
    next
}
{ options[$1] = options[$1] " " $2 }
$3 != "" { branch("?*' " $1 " " $2 "'", values($3)) }


END {
    branch("'1 '*", "words='" substr(all, 2) "'")
    print "        *)"
    print "            case \"$command $2\" in"
    for (i = 1; i <= count; ++i) {
        name = names[i]
        if (options[name] !~ / --help/) options[name] = options[name] " --help"
        print "                '" name " -'*) words='" substr(options[name], 2) "' ;;"
        if (name in listed) print "                '" name " '*) " names_in(listed[name]) " ;;"
        if (name in of_files) print "                '" name " '*) _nlinit_files -f \"$2\" ;;"
        if (name != "plan") continue
        print "                'plan '*)"
        print "                    words='" substr(parameters, 2) "'"
        print "                    compopt -o nospace 2>/dev/null"
        print "                    ;;"
    }
    print "            esac\n            ;;\n    esac"
    print "    [[ -z $words ]] || mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$2\")"
    print "}\ncomplete -F _nlinit nlinit"
}
