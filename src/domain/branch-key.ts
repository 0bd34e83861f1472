// Words of plain letters with one space between them, as nearly all branches are written.
const PLAIN = /^[!-~]+(?: [!-~]+)*$/

/** The branch as snapshots compare it: case and spacing do not count. A loan without a branch belongs to the branch without a name. */
export function branchKey(branch: string | null): string {
  if (branch !== null && PLAIN.test(branch))
    return branch.toLowerCase()
  return (branch ?? '').normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}
