# For fish: completion, "@PROGRAM@ use NAME", and a prompt function that shows the active machine.

# The program itself lists the completions.
function __tsmachine_complete
    set -l typed (commandline -opc)
    set -e typed[1]
    set -l current (commandline -ct)
    for line in (command @PROGRAM@ completion --words -- $typed "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :folders
                __fish_complete_directories "$current"
            case '*'
                echo -- $line
        end
    end
end

complete -c @PROGRAM@ -f -a '(__tsmachine_complete)'

# Sets the variables of this shell, which a program cannot do.
if not set -q TSMACHINE_WRAPPED; or test "$TSMACHINE_WRAPPED" = true
    function @PROGRAM@
        if test "$argv[1]" != use
            command @PROGRAM@ $argv
            return
        end
        if contains -- "$argv[2]" '' -h --help
            command @PROGRAM@ help use
            return
        end
        set -l lines (command @PROGRAM@ env --shell fish $argv[2..-1])
        or return
        string join \n -- $lines | source
        if set -q DOCKER_MACHINE_NAME
            echo "Active machine: $DOCKER_MACHINE_NAME"
        end
    end
end

# The argument is a printf format; the default is " [%s]".
function __tsmachine_ps1
    set -q DOCKER_MACHINE_NAME; or return 0
    set -l format ' [%s]'
    set -q argv[1]; and set format $argv[1]
    printf $format $DOCKER_MACHINE_NAME
end
