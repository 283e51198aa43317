import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseDefinition } from '../../statemachine/definition.ts';
import { diagram, withDiagram } from '../../statemachine/diagram.ts';

const PAGE = '# Title\n\n<!-- state machine: begin -->\nold\n<!-- state machine: end -->\n\nrest\n';

function run(...args: string[]) {
  const script = fileURLToPath(new URL('../../statemachine/diagram.ts', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  return { status, stderr };
}

/** A page on disk for one test. */
function pageFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'diagram-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'page.md');
  writeFileSync(file, text);
  return file;
}

describe('diagram', () => {
  it('draws choices, caught errors and end states', () => {
    const definition = parseDefinition(
      JSON.stringify({
        StartAt: 'Check',
        States: {
          Check: { Type: 'Task', Next: 'Decide' },
          Decide: {
            Type: 'Choice',
            Choices: [
              { Variable: '$.checked.route', StringEquals: 'work', Next: 'Work' },
              { Variable: '$.checked.left', IsPresent: false, Next: 'Done' },
            ],
            Default: 'Check',
          },
          Work: { Type: 'Task', Next: 'Done', Catch: [{ ErrorEquals: ['Broken', 'Lost'], Next: 'Check' }] },
          Done: { Type: 'Succeed' },
        },
      }),
    );

    const picture = diagram(definition);

    expect(picture.split('\n')).toEqual([
      'flowchart TD',
      '  start((start))',
      '  start --> Check',
      '  Check[Check]',
      '  Decide{Decide}',
      '  Work[Work]',
      '  Done([Done]):::succeeded',
      '  Check --> Decide',
      '  Decide -->|"route = work"| Work',
      '  Decide -->|"left IsPresent false"| Done',
      '  Decide -->|"otherwise"| Check',
      '  Work --> Done',
      '  Work -.->|"Broken, Lost"| Check',
      '  classDef succeeded fill:#d7f0dc,stroke:#1a7f37,color:#0f3d1e',
    ]);
  });
});

describe('withDiagram', () => {
  it('replaces only the text between the markers', () => {
    const page = withDiagram(PAGE, 'flowchart TD');

    expect(page).toBe(
      '# Title\n\n<!-- state machine: begin -->\n```mermaid\nflowchart TD\n```\n<!-- state machine: end -->\n\nrest\n',
    );
  });

  it('throws when the page lacks the markers', () => {
    expect(() => withDiagram('# Title\n', 'flowchart TD')).toThrow('markers');
  });
});

describe('the diagram command', () => {
  it('accepts the diagram in docs/architecture.md', () => {
    expect(run('--check')).toEqual({ status: 0, stderr: '' });
  });

  it('reports in one line that a diagram is stale, and does not change it', () => {
    const file = pageFile(PAGE);

    const { status, stderr } = run('--check', file);

    expect(status).toBe(1);
    expect(stderr).toMatch(/^diagram: [^\n]*stale[^\n]*\n$/);
    expect(readFileSync(file, 'utf8')).toBe(PAGE);
  });

  it('updates a diagram', () => {
    const file = pageFile(PAGE);

    expect(run(file)).toEqual({ status: 0, stderr: '' });
    expect(run('--check', file)).toEqual({ status: 0, stderr: '' });
  });
});
