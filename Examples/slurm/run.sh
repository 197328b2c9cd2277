#!/usr/bin/env bash
# Tries array.sh for real: starts a cluster of one node in a scratch folder, makes a store, plans it, lets an array of four workers
# retrieve it into one folder, and looks whether all is there. Ends with PASS or FAIL.
#
#   Examples/slurm/run.sh            needs Linux, root, and Debian's slurm-wlm and munge; installs nothing
#   COD=/path/to/cod …               the command to try; default: what `swift build` has made
#
# It stops what it started, and leaves nothing behind. It touches no cluster that may run on this machine.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
COD=${COD:-$here/../../.build/debug/cod}
count=4

missing=()
for program in munged slurmctld slurmd sbatch scontrol; do
    command -v "$program" >/dev/null || missing+=("$program")
done
if ((${#missing[@]})); then
    echo "Not tried: ${missing[*]} missing. On Debian: apt-get install slurm-wlm munge" >&2
    exit 69
fi
if ((EUID != 0)); then
    echo "Not tried: slurmd needs root." >&2
    exit 77
fi
[[ -x $COD ]] || { echo "Not tried: there is no $COD; build it with: swift build --product cod" >&2; exit 66; }

# Munge wants folders that nobody else can write to, all the way up.
scratch=$(mktemp -d /var/tmp/cod-slurm.XXXXXX)
chmod 755 "$scratch"
pids=()
passed=false
finish() {
    $passed || tail -n 20 "$scratch"/*.log >&2 2>/dev/null || true
    # The last one started ends first: the node before the controller, and that before munge.
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
        kill "${pids[i]}" 2>/dev/null || true
        wait "${pids[i]}" 2>/dev/null || true
    done
    rm -rf "$scratch"
    $passed && echo "PASS: $count workers retrieved $instances instances, each once." || echo "FAIL"
}
trap finish EXIT
fail() { echo "$1" >&2; exit 1; }

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

# Waits for a condition, for 30 seconds at most.
await() {
    local what=$1 tries=0
    shift
    until "$@" >/dev/null 2>&1; do
        ((++tries < 150)) || fail "$what did not come up."
        sleep 0.2
    done
}

## A cluster of one node

mkdir -p "$scratch/munge" "$scratch/state" "$scratch/spool"
chmod 711 "$scratch/munge"
(umask 077 && head -c 1024 /dev/urandom >"$scratch/munge/key")
munged --foreground --key-file="$scratch/munge/key" --socket="$scratch/munge/socket" --pid-file="$scratch/munge/pid" \
    --log-file="$scratch/munge/log" --seed-file="$scratch/munge/seed" 2>"$scratch/munged.log" &
pids+=($!)
await munged test -S "$scratch/munge/socket"

export SLURM_CONF=$scratch/slurm.conf
node=$(hostname -s)
cat >"$SLURM_CONF" <<CONF
ClusterName=cod-example
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$scratch/munge/socket
CredType=cred/munge
StateSaveLocation=$scratch/state
SlurmdSpoolDir=$scratch/spool
SlurmctldPidFile=$scratch/slurmctld.pid
SlurmdPidFile=$scratch/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
NodeName=$node NodeAddr=127.0.0.1 CPUs=$count State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP
CONF
slurmctld -D -f "$SLURM_CONF" >"$scratch/slurmctld.log" 2>&1 &
pids+=($!)
await slurmctld scontrol ping
slurmd -D -f "$SLURM_CONF" -N "$node" >"$scratch/slurmd.log" 2>&1 &
pids+=($!)
await slurmd sh -c "scontrol show node $node | grep -q 'State=IDLE'"

## A store that wants a token, and a plan of it

"$COD" sample "$scratch/store" --study-count 1 --series-count 3 --instance-count 160 --size 256 --quiet >"$scratch/studies"
instances=$((3 * 160))
(umask 077 && echo "example-$RANDOM$RANDOM" >"$scratch/token")
mkfifo "$scratch/endpoint"
"$COD" serve "$scratch/store" --require-token "$(cat "$scratch/token")" --quiet >"$scratch/endpoint" 2>"$scratch/serve.log" &
pids+=($!)
read -r endpoint <"$scratch/endpoint"
export COD_ENDPOINT=$endpoint COD_TOKEN_FILE=$scratch/token
"$COD" plan gs://demo-bucket/dicomweb --studies-from "$scratch/studies" >"$scratch/plan.jsonl"
grep -q "$(cat "$scratch/token")" "$scratch/plan.jsonl" && fail "The token is in the plan."

## The array, twice: the second time there is nothing left to do

export COD PLAN=$scratch/plan.jsonl OUTPUT=$scratch/studies-out
cd "$scratch"
submit() { sbatch --quiet --wait --array="0-$((count - 1))" --output="$scratch/$1-%a.log" "$here/array.sh"; }
submit first || fail "A worker failed."
cat "$scratch"/first-*.log
saved=$(cat "$scratch"/first-*.log | awk '/^Saved .*all verified/ { sum += $2 } END { print sum + 0 }')
workers=$(grep -l '^Saved' "$scratch"/first-*.log | wc -l)
((workers == count)) || fail "Only $workers of $count workers had something to do."
((saved == instances)) || fail "The workers saved $saved instances, not $instances: shares overlap, or are not complete."
[[ $(find "$OUTPUT" -name '*.dcm' | wc -l) == "$instances" ]] || fail "There are not $instances files."
[[ $(grep -o '[^"]*/[^"]*/[^"]*' "$OUTPUT/log.json" | sort -u | wc -l) == "$instances" ]] || fail "log.json is not complete."
[[ ! -e $OUTPUT/.cod/partial ]] || fail "Something is left behind."
"$COD" verify "$OUTPUT" || fail "The files are not whole."
submit again || fail "A worker of the second array failed."
[[ $(grep -l 'Nothing is missing' "$scratch"/again-*.log | wc -l) == "$count" ]] || fail "The second array fetched something."
passed=true
