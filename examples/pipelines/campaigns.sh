# What the pipelines of both services do with campaigns. Copy it to the folder pipeline.
#   campaigns.sh preview   previews the program in the folder PROGRAM
#   campaigns.sh report    says in report.md what the preview in the folder FROM would do, whatever came of it
#   campaigns.sh plan      both, for an update; stops if an approval was for something else
#   campaigns.sh apply     updates as that plan says
# PROJECT, STACK and COMMIT say what it is about. The folder TRUSTED holds the policies and the report that judge.
set -euo pipefail
trusted=$(cd "${TRUSTED:-.}" && pwd)
from=${FROM:-.}
policies=(--policy-pack "$trusted/policy" --policy-pack-config "$trusted/policy/policy-config.json")

preview() {
  exit_code=0
  pulumi preview --cwd "${PROGRAM:-.}" --stack "$STACK" --json --show-replacement-steps "${policies[@]}" "$@" > preview.json ||
    exit_code=$?
  echo "$exit_code" > preview.code
  return "$exit_code"
}

hood_plan() {
  # By its path: any other package can bring a command called hood-plan.
  node "$trusted/node_modules/pulumi-ocamba-hood/dist/report/main.js" --project "$PROJECT" --stack "$STACK" --commit "$COMMIT" \
    --preview-exit-code "$(cat "$from/preview.code" || echo 1)" "$@" < "$from/preview.json"
}

report() {
  code=0
  hood_plan > report.md || code=$?
  case "$code" in 0 | 2 | 3) ;; *) code=1 ;; esac
  if [ ! -s report.md ]; then
    code=1
    {
      printf '<!-- hood-plan %s -->\n### The preview failed, and there is no report\n\n' "$PROJECT/${STACK##*/}"
      printf 'Project `%s`, stack `%s`, commit `%s`. ' "$PROJECT" "${STACK##*/}" "$COMMIT"
      echo "See the log of [its run](${CI_PIPELINE_URL:-${GITHUB_SERVER_URL:-}/${GITHUB_REPOSITORY:-}/actions/runs/${GITHUB_RUN_ID:-}})."
    } > report.md
  fi
  cat report.md >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
  # 0: nothing that can't be taken back; 2: a cancellation; 3: a launch; 1: the preview failed.
  echo "$code" > report.code
}

plan() {
  preview --save-plan update-plan.json || true
  report
  hood_plan --format text || true
  test "$code" != 1
  hood_plan --format json > plan.json || true
  # The fingerprint of what can't be taken back.
  final=$(node -p 'JSON.parse(fs.readFileSync("plan.json", "utf8")).fingerprint')
  # Campaigns change while somebody decides.
  if [ "$code" != 0 ] && [ "$final" != "${APPROVED-$final}" ]; then
    echo "Nothing is applied: what can't be taken back isn't what was approved. Compare the two reports, then run the pipeline again."
    exit 1
  fi
  echo "$final" > report.final
  printf 'code=%s\nfinal=%s\n' "$code" "$final" >> "${GITHUB_OUTPUT:-/dev/null}"
}

# The update does what this preview planned for campaigns as they were then, or fails.
apply() {
  pulumi up --stack "$STACK" --yes --plan update-plan.json "${policies[@]}"
}

"$@"
