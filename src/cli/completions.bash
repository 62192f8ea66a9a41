# Bash splits `--flag=value` into three words. This joins them, and quotes what bash would split.
_applet() {
    local -a words=()
    local i word quoted last=-1 is_open=
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == "=" && $last -ge 0 && ${words[last]} == --* && ${words[last]} != *=* ]]; then
            words[last]+="="
            is_open=1
            continue
        fi
        if ((i == COMP_CWORD)); then word=$2; fi
        if [[ $is_open ]]; then
            words[last]+=$word
        else
            words[++last]=$word
        fi
        is_open=
    done
    local start=
    if [[ ${words[last]} == --*=* ]]; then start=${words[last]%%=*}=; fi
    local -a COMP_WORDS=("${words[@]}")
    local COMP_CWORD=$last
    _clap_complete_applet "$1" "${words[last]}" "$3"
    for i in "${!COMPREPLY[@]}"; do
        word=${COMPREPLY[i]#"$start"}
        if [[ $word == *[[:space:]\'\"\$\&\;\|\(\)\<\>\*\?]* ]]; then
            printf -v quoted %q "$word"
            word=$quoted
        fi
        COMPREPLY[i]=$word
    done
}
complete -o nospace -o bashdefault -o nosort -F _applet applet 2>/dev/null ||
    complete -o nospace -o bashdefault -F _applet applet
