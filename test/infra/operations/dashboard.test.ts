import { describe, expect, it } from 'vitest';
import { deployedFunctionNames } from '../../../infra/function-list.ts';
import { propertiesOf, template } from '../deployment.ts';

/** The body, with `<reference>` for values that are known only at deployment. */
function bodyOf(stack = template()) {
  const bodies = propertiesOf(stack, 'AWS::CloudWatch::Dashboard').map(({ DashboardBody }) => DashboardBody);
  const [
    {
      'Fn::Join': [, parts],
    },
  ] = bodies as [{ 'Fn::Join': [string, unknown[]] }];
  return JSON.parse(parts.map(part => (typeof part === 'string' ? part : '<reference>')).join(''));
}

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly metrics?: readonly unknown[][];
    readonly query?: string;
    readonly annotations?: unknown;
  };
}

describe('the dashboard', () => {
  it('has the name of the deployment', () => {
    template().hasResourceProperties('AWS::CloudWatch::Dashboard', { DashboardName: 'tokens' });
  });

  it('shows every metric that the functions write, of this deployment', () => {
    const shown = (bodyOf().widgets as Widget[]).flatMap(({ properties }) => properties.metrics ?? []);

    const own = shown.filter(([namespace]) => namespace === 'GenesysTokenRotation');
    expect(new Set(own.map(([, name]) => name))).toEqual(
      new Set([
        'AccessTokenLifetime',
        'Credentials',
        'OverdueCredentials',
        'RefreshTime',
        'RemainingTokenLifetime',
        'Rotations',
        'SupersededRotations',
        'TokenGap',
      ]),
    );
    expect(new Set(own.map(([, , dimension, value]) => `${dimension}=${value}`))).toEqual(
      new Set(['service=tokens']),
    );
  });

  it('shows executions, and duration, errors and throttles of the rotation function', () => {
    const shown = (bodyOf().widgets as Widget[]).flatMap(({ properties }) => properties.metrics ?? []);

    const names = new Set(shown.map(([namespace, name]) => `${namespace} ${name}`));
    for (const name of ['Duration', 'Errors', 'Throttles']) expect(names).toContain(`AWS/Lambda ${name}`);
    for (const end of ['Started', 'Succeeded', 'Failed', 'TimedOut', 'Aborted'])
      expect(names).toContain(`AWS/States Executions${end}`);
  });

  it('shows the longest gap in the graph of new token lifetimes', () => {
    const widget = (bodyOf(template({ schedule: 'rate(4 hours)' })).widgets as Widget[]).find(
      ({ properties }) => properties.metrics?.some(([, name]) => name === 'AccessTokenLifetime'),
    );

    expect(widget?.properties.annotations).toMatchObject({ horizontal: [{ value: 5 * 3600 }] });
  });

  it('lists the warnings and errors of every function', () => {
    const query = (bodyOf().widgets as Widget[]).find(({ type }) => type === 'log')?.properties.query ?? '';

    const sources = [...query.matchAll(/SOURCE '([^']*)'/g)].map(([, name]) => name);
    expect(sources).toEqual(deployedFunctionNames({}).map(name => `/aws/lambda/tokens-${name}`));
    expect(query).toContain('"WARN"');
    expect(query).toContain('"ERROR"');
  });
});
