// Loaded into each wrangler that a command starts, before wrangler itself: its standard input is a pipe from the command,
// which closes when the command is gone, however it ended, and then the whole group ends, workerd included. Otherwise
// both apps would live on after a `kill -9` of the command, on files that the next start opens as well.
process.stdin.on('end', () => {
  try {
    process.kill(-process.pid, 'SIGKILL')
  } catch {
    // wrangler starts itself again, with this before it: that process leads no group, and ends with the one that does.
  }
})
process.stdin.resume()
process.stdin.unref()
