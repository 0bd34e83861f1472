const WINDOW_MS = 10_000
const LINES_A_WINDOW = 5

/** Says the first few lines of every ten seconds, and counts the rest: whoever floods the server must not fill the disk with its log. */
export function limitReport(say: (line: string) => void): (line: string) => void {
  let [said, unsaid] = [0, 0]
  let ending: NodeJS.Timeout | undefined

  const endWindow = () => {
    if (unsaid > 0)
      say(`and ${unsaid} more like that`)
    ;[said, unsaid, ending] = [0, 0, undefined]
  }

  return (line) => {
    ending ??= setTimeout(endWindow, WINDOW_MS).unref()
    if (said < LINES_A_WINDOW) {
      said++
      say(line)
    }
    else {
      unsaid++
    }
  }
}
