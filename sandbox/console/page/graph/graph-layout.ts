import dagre from '@dagrejs/dagre';
import { type Definition, type Transition, transitions } from '../../../../statemachine/definition.ts';

/** A place in the picture, in pixels from the upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A state and where it stands; `x` and `y` are its middle. */
export interface GraphNode extends Point {
  readonly name: string;
  /** `Task`, `Choice`, … */
  readonly type: string;
  readonly width: number;
  readonly height: number;
  /** No way leads on from it. */
  readonly isEnd: boolean;
}

/** A way between two states; all transitions between the same two are one. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Only an error leads this way. */
  readonly isCatch: boolean;
  /** The conditions or errors that lead this way, in words; empty when it is the only way. */
  readonly labels: readonly string[];
  /** At least two. */
  readonly points: readonly Point[];
}

/** A definition, laid out from top to bottom. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The middle of the point from which the first state is entered. */
  readonly start: Point;
}

/** The name of no state: the point before the first one. */
export const START = '';

const NODE_HEIGHT = 42;
const START_SIZE = 14;
/** Of a letter of a state's name, in its font, and a little more. */
const LETTER_WIDTH = 7.4;
/** What a node has beside its name: icon and margins. */
const NODE_MARGIN = 42;
const NARROWEST_NODE = 112;

/** Errors do not shape the picture: what is meant to happen runs straight down. */
const WEIGHTS = { next: 4, default: 2, choice: 1, catch: 0 } as const;

/** Lays a definition out. */
export function layoutGraph(definition: Definition): GraphLayout {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 14, edgesep: 10, ranksep: 26, marginx: 6, marginy: 6 });
  graph.setNode(START, { width: START_SIZE, height: START_SIZE });
  for (const name of Object.keys(definition.States)) {
    graph.setNode(name, { width: nodeWidth(name), height: NODE_HEIGHT });
  }
  const ways = [
    { from: START, to: definition.StartAt, isCatch: false, labels: [], weight: WEIGHTS.next },
    ...mergedWays(transitions(definition)),
  ];
  for (const { from, to, weight } of ways) graph.setEdge(from, to, { weight });
  dagre.layout(graph);

  const { width = 0, height = 0 } = graph.graph();
  const leaving = new Set(ways.map(({ from }) => from));
  const place = (name: string) => {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(name);
    return { x, y, width, height };
  };
  const { x, y } = place(START);
  return {
    width,
    height,
    start: { x, y },
    nodes: Object.entries(definition.States).map(([name, { Type }]) => ({
      name,
      type: Type,
      ...place(name),
      isEnd: !leaving.has(name),
    })),
    edges: ways.map(({ weight, ...way }) => ({ ...way, points: graph.edge(way.from, way.to).points ?? [] })),
  };
}

function nodeWidth(name: string): number {
  return Math.max(NARROWEST_NODE, Math.ceil(name.length * LETTER_WIDTH) + NODE_MARGIN);
}

interface Way extends Pick<GraphEdge, 'from' | 'to' | 'isCatch' | 'labels'> {
  readonly weight: number;
}

function mergedWays(all: readonly Transition[]): readonly Way[] {
  const between = Map.groupBy(all, ({ from, to }) => JSON.stringify([from, to]));
  return [...between.values()].flatMap(same => {
    const [first] = same;
    if (first === undefined) return [];
    return [
      {
        from: first.from,
        to: first.to,
        isCatch: same.every(({ kind }) => kind === 'catch'),
        labels: same.map(({ label }) => label).filter(label => label !== ''),
        weight: Math.max(...same.map(({ kind }) => WEIGHTS[kind])),
      },
    ];
  });
}
