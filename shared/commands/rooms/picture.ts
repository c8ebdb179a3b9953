import { instance } from '@viz-js/viz'
import { PROGRAMS, type Program, type Room, roomsOf } from './arrows.ts'

const TITLES: Record<Program, string> = {
  shared: 'shared: any room of a Worker may import these',
  'workers/ordering': 'workers/ordering',
  'workers/billing': 'workers/billing',
}
const STYLE = 'graph [fontname="Helvetica,Arial,sans-serif" fontsize=15 nodesep=0.25 ranksep=0.45 bgcolor=white]'
const NODES =
  'node [fontname="Helvetica,Arial,sans-serif" fontsize=11 shape=box margin="0.2,0.07" style="rounded,filled" fillcolor="#eef3fa" color="#5b7aa5"]'

/**
 * The rooms with their arrows, as an SVG: from a room to those that it imports. An arrow is left out where a way over
 * other rooms says the same.
 */
export async function drawRooms(): Promise<string> {
  const clusters = (Object.keys(PROGRAMS) as Program[]).map(drawProgram)
  const viz = await instance()
  const dot = `digraph rooms { ${STYLE} ${NODES} edge [color="#5b7aa5" arrowsize=0.7] ${clusters.join('\n')} }`
  // What says which release of Graphviz drew it is left out: the picture changes when the rooms do.
  return viz.renderString(dot, { format: 'svg' }).replaceAll(/<!--[\s\S]*?-->\n?/g, '')
}

function drawProgram(program: Program): string {
  const rooms = roomsOf(program)
  const above = new Map<string, Set<string>>()
  for (const [name, { imports }] of rooms) {
    above.set(name, new Set(imports.flatMap((to) => [to, ...(above.get(to) ?? [])])))
  }
  const nodes = rooms.map(([name, room]) => `"${program}/${name}" [label=<${label(name, room)}>]`)
  const arrows = rooms.flatMap(([name, { imports }]) =>
    imports
      .filter((to) => !imports.some((other) => above.get(other)?.has(to)))
      .map((to) => `"${program}/${name}" -> "${program}/${to}"`),
  )
  return `subgraph "cluster ${program}" { label="${TITLES[program]}" color="#c9d3e0" ${[...nodes, ...arrows].join('\n')} }`
}

/** The name, and below it what the room has, in lines of at most some thirty characters. */
function label(name: string, { has }: Room): string {
  const lines = has.match(/\S.{0,30}(?=\s|$)/g) ?? []
  return `<b>${name}</b><br/><font point-size="9">${lines.join('<br/>')}</font>`
}
