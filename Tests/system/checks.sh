# What the guest's script is written with.

failed=0

# DESCRIPTION VALUE TEST...: a line of the transcript, and whether it is as it should be
check() {
    local description=$1 value=$2
    shift 2
    if "$@" > /dev/null 2>&1; then echo "ok      $description: $value"; else
        echo "FAILED  $description: $value"
        failed=$((failed + 1))
    fi
}

# SECONDS COMMAND...: tries it until it succeeds
within() {
    local end=$((SECONDS + $1))
    shift
    until "$@" > /dev/null 2>&1; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.3
    done
}

# SECONDS DESCRIPTION COMMAND...: a check that says how long it took
reaches() {
    local bound=$1 description=$2 start
    shift 2
    start=$(date +%s%N)
    within "$bound" "$@"
    local status=$?
    check "$description" "$((($(date +%s%N) - start) / 1000000)) ms" [ $status = 0 ]
}

heading() { echo; echo "-- $*"; }

show() { systemctl show -P "$1" "$2"; }  # PROPERTY UNIT
active() { [ "$(show ActiveState "$1")" = active ]; }
inactive() { [ "$(show ActiveState "$1")" = inactive ]; }
restarted() { [ "$(show NRestarts "$1")" -gt "$2" ] && active "$1"; }  # UNIT TIMES_BEFORE

get() { curl -sS --max-time 10 "http://127.0.0.1:8068$1"; }
health() { curl -s -o /dev/null --max-time 10 -w '%{http_code}' http://127.0.0.1:8068/healthz; }
healthy() { [ "$(health)" = 200 ]; }
unhealthy() { [ "$(health)" = 503 ]; }
reasons() { get /healthz | jq -c '[.failing[].reasons[]]'; }
# STREAM: a face with its 68 points is being followed
sees_a_face() { [ "$(get "/v1/streams/$1" | jq '.faces | length > 0 and (.[0].points | length) == 68')" = true ]; }
frame() { get "/v1/streams/$1" | jq .frame; }

# STREAM: the file that its JSON lines go to now, which has a time in its name
lines_of() {
    local files
    files=$(ls -t "$1"-*.jsonl*) && echo "${files%%$'\n'*}"
}

# STREAM: frames that its camera made so far, and those that were tracked
counts() {
    get /v1/streams |
        jq -r --arg name "$(basename "$1")" '.streams[] | select(.name == $name) | "\(.tracked + .dropped) \(.tracked)"'
}

# STREAM: sets rate to the lines that it wrote a second, by the camera's clock, over ten seconds; made and tracked to the
# frames of that time
measure_rate() {
    local file lines made_before tracked_before
    file=$(lines_of "$1")
    lines=$(wc -l < "$file")
    read -r made_before tracked_before <<< "$(counts "$1")"
    sleep 10
    read -r made tracked <<< "$(counts "$1")"
    rate=$(tail -n "+$((lines + 1))" "$file" | sed '$d' |
        jq -rs 'if length < 2 then 0 else (length - 1) / (last.time - first.time) * 10 | round / 10 end')
    made=$((made - made_before)) tracked=$((tracked - tracked_before))
}
rate_is_good() { awk -v rate="$rate" -v made="$made" -v tracked="$tracked" 'BEGIN { exit !(rate > 15 && tracked >= 0.9 * made) }'; }

# STREAM: points come at the camera's rate: nearly all frames that the camera made. On a slow machine the cameras, which are
# programs here, are slow too; what else runs there may cost a try.
check_rate() {
    local rate made tracked try
    for try in 1 2 3; do
        measure_rate "$1"
        if rate_is_good; then break; fi
    done
    check "points a second, at a camera of 30" "$rate; $tracked of $made frames, try $try" rate_is_good
}

# STREAM: its last file is finished, and every line of all of them is whole
whole() { [[ $(lines_of "$1") != *.partial ]] && [ "$(cat "$1"-*.jsonl* | jq -s 'all(.[]; .frame > 0) and length > 0')" = true ]; }
bytes() { cat "$1"-*.jsonl* | wc -c; }

summary() {
    echo
    if [ $failed = 0 ]; then echo "all is well"; else echo "$failed checks failed"; fi
    exit $((failed > 0))
}
