#!/bin/bash
#SBATCH --job-name=cod
#SBATCH --array=0-3
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=cod-%A-%a.log
#
# One worker of an array: retrieves its share of a plan into a folder that all of them share. Submit it as
#
#   cod plan gs://bucket/dicomweb --studies-from list.txt > plan.jsonl
#   PLAN=plan.jsonl OUTPUT=/shared/studies COD_TOKEN_FILE=$HOME/.cod-token sbatch array.sh
#
# Indices begin at 0. A task that failed or was stopped is submitted again with --array=ITS-NUMBER and the count as it was:
#
#   SHARD_COUNT=4 PLAN=… OUTPUT=… sbatch --array=2 array.sh

set -eu
exec "${COD:-cod}" run "$PLAN" --output "$OUTPUT" \
    --shard "$SLURM_ARRAY_TASK_ID/${SHARD_COUNT:-$SLURM_ARRAY_TASK_COUNT}"
