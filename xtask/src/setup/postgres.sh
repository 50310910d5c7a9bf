# Runs a throw-away PostgreSQL server until standard input ends, which it does when whoever
# started this ends, in whatever way. Then nothing of it is left.
# Arguments: the folder of PostgreSQL's programs, the port.
set -eu
programs=$1
port=$2
# The end of standard input is the one sign to stop, also after Ctrl-C in the terminal.
trap '' INT TERM HUP

folder=$(mktemp -d "${TMPDIR:-/tmp}/call-ribbon-postgres.XXXXXX")
remove() {
    "$programs/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap remove EXIT

failed() {
    cat "$folder/log" >&2
    exit 1
}

"$programs/initdb" -D "$folder/data" --username=postgres --auth=trust --encoding=UTF8 \
    --locale=C --no-sync >"$folder/log" 2>&1 || failed
# What is sent is written down, for `cargo xtask test` to look through; values are not.
# What a test wrote need not outlive the power; many tests at once have many connections.
"$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w start -o "-p $port \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=500 \
    -c fsync=off -c full_page_writes=off -c log_statement=all -c log_line_prefix='%a|' \
    -c log_parameter_max_length=0 -c log_parameter_max_length_on_error=0" >/dev/null 2>&1 || failed
echo "ready $folder/log"
read -r _ || true
