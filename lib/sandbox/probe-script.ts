/**
 * What the probe runs, as restored code would run: it tries to reach each thing of Holdfast, and says what it reached. It is
 * a text and not a module because it runs confined, where none of our files can be read.
 */
export const probeScript = `
const fs = require('node:fs'), net = require('node:net'), os = require('node:os')
const ask = JSON.parse(process.argv[1])
const reached = []
const can = (what, work) => { try { work(); reached.push(what) } catch {} }
const open = (path, flags) => fs.closeSync(fs.openSync(path, flags))
for (const path of ask.paths) {
  let folder = false
  try { folder = fs.statSync(path).isDirectory() } catch {}
  if (folder) {
    can('the list of ' + path, () => fs.readdirSync(path))
    const own = path + '/.holdfast-probe-' + process.pid
    can('the folder ' + path + ', to write', () => { open(own, 'wx'); fs.unlinkSync(own) })
  } else {
    can('the file ' + path, () => open(path, 'r'))
    can('the file ' + path + ', to write', () => open(path, fs.constants.O_WRONLY | fs.constants.O_APPEND))
  }
}
for (const { pid, started } of ask.processes) {
  // In a namespace of its own a number may be its own process's: it is Holdfast's only when it started at the same moment.
  const stat = (() => { try { return fs.readFileSync('/proc/' + pid + '/stat', 'latin1') } catch { return '' } })()
  if (stat && stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] !== started) continue
  if (!stat && ask.namespaces.pid !== fs.readlinkSync('/proc/self/ns/pid')) continue
  can('process ' + pid, () => process.kill(pid, 0))
  can('the environment of process ' + pid, () => fs.readFileSync('/proc/' + pid + '/environ'))
  can('the files of process ' + pid, () => fs.readdirSync('/proc/' + pid + '/root/'))
}
const status = fs.readFileSync('/proc/self/status', 'latin1')
const field = (name) => (new RegExp('^' + name + ':\\\\s*(\\\\S+)', 'm').exec(status) || [])[1]
const mine = new Set([String(process.pid), String(process.ppid), '1'])
const others = fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && !mine.has(name)).filter((name) => {
  try { return fs.statSync('/proc/' + name).uid !== process.getuid() } catch { return false }
})
const namespaces = Object.keys(ask.namespaces).filter((name) => {
  try { return fs.readlinkSync('/proc/self/ns/' + name) !== ask.namespaces[name] } catch { return true }
})
const connect = (to) => new Promise((resolve) => {
  const socket = net.connect(to)
  const end = (value) => { socket.destroy(); resolve(value) }
  socket.setTimeout(2000, () => end(false))
  socket.once('connect', () => end(true)).once('error', () => end(false))
})
;(async () => {
  for (const path of ask.sockets) if (await connect({ path })) reached.push('the socket ' + path)
  const network = await connect({ host: '127.0.0.1', port: ask.port })
  process.stdout.write(JSON.stringify({
    reached, network, namespaces, processesSeen: others.length,
    noNewPrivileges: field('NoNewPrivs') === '1', withoutCapabilities: /^0+$/.test(field('CapEff') || '0'),
  }))
})()
`
