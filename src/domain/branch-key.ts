/** The branch as snapshots compare it: case and spacing do not count. A loan without a branch belongs to the branch without a name. */
export function branchKey(branch: string | null): string {
  return (branch ?? '').normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}
