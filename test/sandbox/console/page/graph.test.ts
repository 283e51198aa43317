import { describe, expect, it } from 'vitest';
import { nodeByKey } from '../../../../sandbox/console/page/graph/graph-keys.ts';
import {
  edgePath,
  hasRoomOnRight,
  layoutGraph,
  START,
} from '../../../../sandbox/console/page/graph/graph-layout.ts';
import { parseDefinition } from '../../../../statemachine/definition.ts';
import { definitionTextWithoutPublishing } from '../../../../statemachine/definition-text.ts';

const rotation = layoutGraph(parseDefinition(definitionTextWithoutPublishing()));
const MAIN_PATH = ['Fetch', 'Route', 'Refresh', 'StorePending', 'Verify', 'Promote', 'Rotated'];

describe('layoutGraph of the rotation', () => {
  it('draws every state once, and states without a next state as ends', () => {
    expect(rotation.nodes).toHaveLength(13);
    expect(new Set(rotation.nodes.map(({ name }) => name)).size).toBe(13);
    expect(rotation.nodes.filter(({ isEnd }) => isEnd).map(({ name }) => name)).toEqual([
      'Rotated',
      'Superseded',
      'ConfigurationChecked',
    ]);
  });

  it('draws the main path straight down on the left', () => {
    const main = MAIN_PATH.map(name => rotation.nodes.find(node => node.name === name));

    expect(main.map(node => node?.x)).toEqual(MAIN_PATH.map(() => rotation.start.x));
    const heights = [rotation.start.y, ...main.map(node => node?.y ?? 0)];
    expect(heights).toEqual(heights.toSorted((one, other) => one - other));
    expect(rotation.start.x).toBeLessThan(rotation.width / 2);
  });

  it('draws states without overlaps, and everything within the graph', () => {
    const { nodes, edges, width, height } = rotation;
    const overlaps = nodes.flatMap(one =>
      nodes
        .filter(
          other =>
            other.name > one.name &&
            Math.abs(one.x - other.x) < (one.width + other.width) / 2 &&
            Math.abs(one.y - other.y) < (one.height + other.height) / 2,
        )
        .map(other => `${one.name} and ${other.name}`),
    );
    const points = edges.flatMap(edge => edge.points);

    expect(overlaps).toEqual([]);
    expect(points.filter(({ x, y }) => x < 0 || y < 0 || x > width || y > height)).toEqual([]);
  });

  it('marks edges of caught errors, and labels conditions and errors', () => {
    const edge = (from: string, to: string) =>
      rotation.edges.find(candidate => candidate.from === from && candidate.to === to);

    expect(rotation.edges).toHaveLength(22);
    expect(edge(START, 'Fetch')).toMatchObject({ isCatch: false, labels: [] });
    expect(edge('Route', 'Refresh')).toMatchObject({ isCatch: false, labels: ['route = refresh'] });
    expect(edge('StorePending', 'StandDown')).toMatchObject({ isCatch: true, labels: ['NewerLogin'] });
    expect(edge('Promote', 'StorePending')).toMatchObject({
      isCatch: true,
      labels: ['CurrentVersionMoved, PendingVersionMissing'],
    });
  });
});

describe('layoutGraph', () => {
  it('draws two transitions between the same states as one edge, which is a catch only if both are', () => {
    const { edges } = layoutGraph(
      parseDefinition(
        JSON.stringify({
          StartAt: 'Work',
          States: {
            Work: { Type: 'Task', Next: 'Done', Catch: [{ ErrorEquals: ['Late', 'Lost'], Next: 'Done' }] },
            Done: { Type: 'Succeed' },
          },
        }),
      ),
    );

    expect(edges.map(({ from, to, isCatch, labels }) => ({ from, to, isCatch, labels }))).toEqual([
      { from: START, to: 'Work', isCatch: false, labels: [] },
      { from: 'Work', to: 'Done', isCatch: false, labels: ['Late, Lost'] },
    ]);
  });

  it('draws a loop back to the first state', () => {
    const { nodes, edges } = layoutGraph(
      parseDefinition(
        JSON.stringify({
          StartAt: 'Check',
          States: {
            Check: {
              Type: 'Choice',
              Choices: [{ Variable: '$.left', IsPresent: true, Next: 'Work' }],
              Default: 'Done',
            },
            Work: { Type: 'Task', Next: 'Check' },
            Done: { Type: 'Succeed' },
          },
        }),
      ),
    );

    expect(nodes.map(({ name }) => name)).toEqual(['Check', 'Work', 'Done']);
    expect(edges.filter(({ points }) => points.length < 2)).toEqual([]);
  });
});

describe('hasRoomOnRight', () => {
  it.each([
    ['Refresh', true],
    ['StorePending', true],
    ['Failover', false],
    ['ConfigurationChecked', true],
  ])('returns whether badges fit next to %s: %s', (state, hasRoom) => {
    const node = rotation.nodes.find(({ name }) => name === state);

    expect(node && hasRoomOnRight(node, rotation.nodes)).toBe(hasRoom);
  });
});

describe('edgePath', () => {
  it.each([
    [[], ''],
    [[{ x: 1, y: 2 }], ''],
    [
      [
        { x: 1, y: 2 },
        { x: 3, y: 4.25 },
      ],
      'M1,2 L3,4.3',
    ],
    [
      [
        { x: 0, y: 0 },
        { x: 0, y: 10 },
        { x: 10, y: 10 },
        { x: 10, y: 20 },
      ],
      'M0,0 Q0,10 5,10 Q10,10 10,20',
    ],
  ])('draws a path through %j', (points, path) => {
    expect(edgePath(points)).toBe(path);
  });
});

describe('nodeByKey', () => {
  it.each([
    ['Fetch', 'ArrowDown', 'Route'],
    ['Verify', 'ArrowUp', 'StorePending'],
    ['Route', 'ArrowRight', 'CheckConfiguration'],
    ['RefreshAgain', 'ArrowLeft', 'Rotated'],
    ['Verify', 'Home', 'Fetch'],
    ['Fetch', 'End', 'ConfigurationChecked'],
    ['Fetch', 'ArrowUp', undefined],
    ['Fetch', 'x', undefined],
    [undefined, 'ArrowDown', 'Fetch'],
  ])('moves from %s with %s to %s', (from, key, to) => {
    expect(nodeByKey(rotation.nodes, from, key)).toBe(to);
  });
});
