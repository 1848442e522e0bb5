#!/bin/bash
# Runs in the guest, as root: see run.
. /share/checks.sh
state=/var/lib/landmarkd
settings=/etc/landmarkd/landmarkd.yaml

# NAME: a camera of v4l2loopback's, fed by ffmpeg with a talking face, 30 frames a second
feed() {
    ffmpeg -nostdin -v error -re -stream_loop -1 -f mjpeg -framerate 30 -i /share/face.mjpg -pix_fmt yuyv422 \
        -f v4l2 /dev/video0 > /tmp/feed.log 2>&1 &
    feeder=$!
}

configure() { # OUTPUT...: settings of one stream, each OUTPUT a line of its outputs
    {
        printf 'streams:\n  loop:\n    source: loop camera\n    outputs:\n'
        printf '      - %s\n' "$@"
    } > $settings
}

# ---------------------------------------------------------------- the package
heading "the package on a bare Debian: $(systemctl --version | head -1), $(uname -sr)"
dpkg -i /share/landmarkd.deb > /tmp/dpkg.log 2>&1
status=$?
check "dpkg -i" "$(tail -1 /tmp/dpkg.log)" [ $status = 0 ]
check "libraries that lack" "$(ldd /usr/bin/landmarkd | grep -c 'not found')" [ -z "$(ldd /usr/bin/landmarkd | grep 'not found')" ]
check "libraries of Swift's that it needs" "$(ldd /usr/bin/landmarkd | grep -ci swift)" [ -z "$(ldd /usr/bin/landmarkd | grep -i swift)" ]
check "the program answers" "$(landmarkd --version)" landmarkd --version
check "its account" "$(getent passwd landmarkd)" getent passwd landmarkd
check "who may read the settings" "$(stat -c '%U:%G %A' $settings)" [ "$(stat -c '%U:%G %a' $settings)" = "root:landmarkd 640" ]
check "nothing was started or enabled" "$(systemctl is-enabled landmarkd.service) $(show ActiveState landmarkd.service)" \
    [ "$(systemctl is-enabled landmarkd.service) $(show ActiveState landmarkd.service)" = "disabled inactive" ]
check "the shipped settings are sound" "$settings" landmarkd serve --config $settings --check
verified=$(systemd-analyze verify --man=no landmarkd.service landmarkd@video0.service 2>&1)
check "systemd-analyze verify says" "'$verified'" [ -z "$verified" ]
for unit in landmarkd.service landmarkd@.service; do
    exposure=$(systemd-analyze security --offline=true --no-pager /lib/systemd/system/$unit | sed -n 's/.*: \([0-9.]*\) .*/\1/p' | tail -1)
    check "exposure of $unit" "$exposure" awk -v e="$exposure" 'BEGIN { exit !(e > 0 && e <= 2.0) }'
done

# ---------------------------------------------------------------- configured streams
heading "landmarkd.service on v4l2loopback, fed by ffmpeg"
configure "{ jsonl: $state/loop.jsonl, rotate: never }" "{ csv: $state/loop.csv, rotate: 500kB }"
start=$(date +%s%N)
systemctl start landmarkd.service
check "started before there is a camera (READY=1)" "$((($(date +%s%N) - start) / 1000000)) ms, $(show StatusText landmarkd.service)" active landmarkd.service
reaches 30 "/healthz says 503" unhealthy
modprobe v4l2loopback
feed
pid=$(show MainPID landmarkd.service)
check "runs as" "$(ps -o user:16=,group:16= -p "$pid" | xargs), $(grep -E '^(NoNewPrivs|Seccomp|CapBnd):' "/proc/$pid/status" | xargs)" \
    [ "$(ps -o user:16= -p "$pid" | xargs)" = landmarkd ]
reaches 90 "the camera is there: /healthz says 200" healthy
reaches 30 "a face with 68 points by HTTP" sees_a_face loop
check "STATUS" "$(show StatusText landmarkd.service)" [ -n "$(show StatusText landmarkd.service)" ]
check_rate $state/loop
latency=$(tail -n 2 "$(lines_of $state/loop)" | head -1 | jq -r '.latency * 1000 | round')
check "latency, exposure to result" "$latency ms" eval '[ "$latency" -gt 0 ] && [ "$latency" -lt 1000 ]'
check "memory, tasks" "$(($(show MemoryCurrent landmarkd.service) / 1000000)) MB, $(show TasksCurrent landmarkd.service)" \
    [ "$(show MemoryCurrent landmarkd.service)" -lt 400000000 ]
check "metrics" "$(get /metrics | grep -c '^landmarkd_') lines" get /metrics

heading "settings are read again"
echo 'streams: [' >> $settings
check "a broken file is refused" "$(systemctl reload landmarkd.service 2>&1 | head -1)" eval '! systemctl reload landmarkd.service'
kill -HUP "$pid"  # and also where nobody checked it first
before=$(frame loop)
sleep 2
check "the old settings go on" "frame $before to $(frame loop), $(health)" [ "$(frame loop)" -gt "$before" ]
configure "{ jsonl: $state/loop.jsonl, rotate: never }" "{ jsonl: $state/second.jsonl, rotate: never }"
check "a sound one is taken" "systemctl reload" systemctl reload landmarkd.service
reaches 20 "the new output is written" lines_of $state/second
check "by the same process" "$(show MainPID landmarkd.service)" [ "$(show MainPID landmarkd.service)" = "$pid" ]
check "tables of the output that is gone are finished" "$(cd $state && ls | grep csv | xargs)" eval 'ls $state/*.csv && ! ls $state/*.csv.partial'

heading "the process hangs or dies"
times=$(show NRestarts landmarkd.service)
kill -STOP "$pid"
reaches 90 "SIGSTOP: the watchdog ($(show WatchdogUSec landmarkd.service)) has it started again" restarted landmarkd.service "$times"
check "the journal says so" "$(journalctl -u landmarkd -o cat | grep -i -m1 watchdog)" eval 'journalctl -u landmarkd -o cat | grep -qi watchdog'
reaches 60 "and a face is seen" sees_a_face loop
times=$(show NRestarts landmarkd.service)
kill -KILL "$(show MainPID landmarkd.service)"
reaches 60 "kill -9: started again" restarted landmarkd.service "$times"
reaches 60 "and a face is seen" sees_a_face loop

heading "the disk is full"
mkdir -p $state/small
mount -t tmpfs -o size=256k,mode=755,uid="$(id -u landmarkd)" none $state/small
configure "{ jsonl: $state/loop.jsonl, rotate: never }" "{ jsonl: $state/small/loop.jsonl, rotate: never }"
systemctl restart landmarkd.service
reaches 90 "/healthz says 503" unhealthy
check "and why" "$(reasons)" eval 'reasons | grep -q small'
check "the journal says so" "$(journalctl -u landmarkd -o cat | grep -m1 'small/loop')" \
    eval 'journalctl -u landmarkd -o cat | grep -q "small/loop.*space"'
check_rate $state/loop
mount -o remount,size=32m $state/small
reaches 60 "with room again: /healthz says 200" healthy
size=$(bytes $state/small/loop)
sleep 3
check "and it is written" "$size to $(bytes $state/small/loop) bytes" [ "$(bytes $state/small/loop)" -gt "$size" ]

heading "stop"
start=$(date +%s%N)
systemctl stop landmarkd.service
took=$((($(date +%s%N) - start) / 1000000))
check "systemctl stop" "$took ms, $(show Result landmarkd.service), exit $(show ExecMainStatus landmarkd.service)" \
    [ "$(show Result landmarkd.service)-$(show ExecMainStatus landmarkd.service)" = success-0 ]
check "within 5 s" "$took ms" [ $took -lt 5000 ]
for stream in loop second small/loop; do
    check "every line of $stream is whole" "$(cat $state/$stream-*.jsonl* | wc -l) lines" whole $state/$stream
done
umount $state/small
kill $feeder
wait $feeder 2> /dev/null
rmmod v4l2loopback

# ---------------------------------------------------------------- plugging in
heading "landmarkd@video0 on a USB camera (uvcvideo)"
printf 'defaults:\n  outputs:\n    - { jsonl: %s, rotate: never }\n' "'$state/{stream}.jsonl'" > $settings
unit=landmarkd@video0.service
modprobe vhci-hcd
/share/usbcam --mode MJPG:640x480@30,15 --raw /share/face.mjpg --serial 0001 --name "System test camera" --ctl /run/usbcam > /tmp/usbcam.log 2>&1 &
usbcam=$!
within 30 test -e /dev/video0
udevadm settle
check "plugged in, but nobody asked for its service" "$(show ActiveState $unit)" inactive $unit
landmarkd devices > /tmp/devices.log 2>&1
check "landmarkd devices" "$(head -1 /tmp/devices.log)" grep -q "System test camera" /tmp/devices.log
touch /etc/landmarkd/hotplug
echo unplug > /run/usbcam
within 20 test ! -e /dev/video0
echo replug > /run/usbcam
reaches 60 "with /etc/landmarkd/hotplug, plugging it in starts the service" active $unit
check "services" "$(systemctl list-units --plain --no-legend 'landmarkd@*' | cut -d' ' -f1 | xargs)" \
    [ "$(systemctl list-units --plain --no-legend 'landmarkd@*' | wc -l)" = 1 ]
reaches 60 "a face with 68 points by HTTP" sees_a_face video0
check_rate $state/video0
devices=$(systemctl show -p DeviceAllow $unit | xargs)
check "devices that it may use" "$devices" grep -q '/dev/video0 rw' <<< "$devices"

heading "the camera falls silent"
echo stall > /run/usbcam
reaches 30 "/healthz says 503" unhealthy
check "and why" "$(reasons)" eval 'reasons | grep -q "no frame"'
check "the service goes on" "$(show ActiveState $unit)" active $unit
echo go > /run/usbcam
reaches 60 "frames again: /healthz says 200" healthy

heading "unplugged and plugged in again"
echo unplug > /run/usbcam
reaches 30 "unplugged in mid-stream: the service ends" inactive $unit
check "without a failure" "$(show Result $unit), exit $(show ExecMainStatus $unit)" [ "$(show Result $unit)" = success ]
echo replug > /run/usbcam
reaches 60 "plugged in: it runs again" active $unit
reaches 60 "and a face is seen" sees_a_face video0
rm /etc/landmarkd/hotplug
systemctl enable -q $unit
echo unplug > /run/usbcam
within 30 inactive $unit
echo replug > /run/usbcam
reaches 60 "enabled for this camera alone, without the file: it runs again" active $unit
times=$(show NRestarts $unit)
kill -STOP "$(show MainPID $unit)"
reaches 90 "SIGSTOP: the watchdog has it started again" restarted $unit "$times"
times=$(show NRestarts $unit)
kill -KILL "$(show MainPID $unit)"
reaches 60 "kill -9: started again" restarted $unit "$times"
reaches 60 "and a face is seen" sees_a_face video0
systemctl stop $unit
check "every line is whole" "$(cat $state/video0-*.jsonl* | wc -l) lines" whole $state/video0
link=$(ls /dev/v4l/by-id | head -1)
byid=$(systemd-escape --template landmarkd@.service "v4l/by-id/$link")
systemctl start "$byid"
check "a camera by its lasting name" "$link: $(show ActiveState "$byid")" active "$byid"

# ---------------------------------------------------------------- away with it
heading "upgrade, removal"
before=$(show MainPID "$byid")
dpkg -i /share/landmarkd.deb > /tmp/dpkg.log 2>&1 < /dev/null
check "installed over itself, changed settings stay" "$(head -1 $settings)" grep -q '^defaults' $settings
reaches 30 "the running service goes on with the new program" eval 'active "$byid" && [ "$(show MainPID "$byid")" != "$before" ]'
dpkg -r landmarkd > /tmp/dpkg.log 2>&1
check "dpkg -r" "$(tail -1 /tmp/dpkg.log)" [ ! -e /usr/bin/landmarkd ]
check "nothing of it runs" "$(pgrep -u landmarkd -l | xargs)" eval '! pgrep -u landmarkd'
check "settings and recordings stay" "$(ls $state | xargs)" eval '[ -s $settings ] && lines_of $state/video0'
dpkg -P landmarkd > /tmp/dpkg.log 2>&1
check "dpkg -P" "$(tail -1 /tmp/dpkg.log)" eval '! dpkg -s landmarkd'
left=$(find / -xdev -path /proc -prune -o -name '*landmarkd*' -print 2> /dev/null | grep -v '^/tmp/' | xargs)
check "files left" "'$left'" [ -z "$left" ]
check "units left" "'$(systemctl list-units --all --plain --no-legend 'landmarkd*' | xargs)'" \
    [ -z "$(systemctl list-units --all --plain --no-legend 'landmarkd*')" ]
check "the system" "$(systemctl is-system-running)" [ "$(systemctl is-system-running)" = running ]
echo quit > /run/usbcam
wait $usbcam
summary
