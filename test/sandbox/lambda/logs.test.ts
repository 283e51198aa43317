import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../../sandbox/lambda/function-logs.ts';
import { openLambda, probe } from './deployed-lambda.ts';

describe('function logs', () => {
  it('contain line, stream and request, which is absent for lines written while loading', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(`console.log('loading');
             exports.handler = async event => {
               console.log('first line\\nsecond line');
               process.stderr.write('no line break');
             };`),
    );
    const received: LogLine[] = [];
    const unsubscribe = lambda.onLog(line => received.push(line));

    const { requestId } = await invoke();
    unsubscribe();
    await invoke();

    const lines = received.map(({ stream, text, requestId: id }) => [stream, text, id]);
    expect(lines).toHaveLength(4);
    expect(lines).toEqual(
      expect.arrayContaining([
        ['stdout', 'loading', undefined],
        ['stdout', 'first line', requestId],
        ['stdout', 'second line', requestId],
        ['stderr', 'no line break', requestId],
      ]),
    );
    expect(received.every(line => line.functionName === 'probe' && line.at instanceof Date)).toBe(true);
    expect(lambda.logs('probe')).toHaveLength(7);
  });

  it("contain all own fields of a thrown error, as Lambda's logs do", async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(`exports.handler = async () => {
               throw Object.assign(new Error('no', { cause: 'hidden' }), { response: { token: 'shown' } });
             };`),
    );

    const { payload, requestId } = await invoke();

    const texts = lambda.logs('probe').map(line => line.text);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain(
      `\t${requestId}\tERROR\tInvoke Error \t{"errorType":"Error","errorMessage":"no"`,
    );
    expect(texts[0]).toContain('"response":{"token":"shown"}');
    expect(texts[0]).not.toContain('hidden');
    expect(JSON.stringify(payload)).not.toContain('shown');
  });

  it('are JSON when the function has that format, with each console call and the class of a thrown error', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction({
      ...probe(`class Refused extends Error { get name() { return 'Other'; } }
               exports.handler = async () => {
                 console.info({ message: 'started', step: 1 });
                 console.warn('odd', new Refused('in passing'));
                 throw new Refused('no');
               };`),
      logFormat: 'JSON',
    });

    const { requestId } = await invoke();

    const lines = lambda.logs('probe').map(({ text }) => JSON.parse(text) as object);
    const common = { requestId, timestamp: expect.stringMatching(/Z$/) };
    const stackTrace = expect.arrayContaining([expect.stringContaining('index.js')]);
    expect(lines).toEqual([
      { ...common, level: 'INFO', message: { message: 'started', step: 1 } },
      {
        ...common,
        level: 'WARN',
        message: expect.stringContaining('in passing'),
        errorType: 'Refused',
        errorMessage: 'in passing',
        stackTrace: expect.any(Array),
      },
      { ...common, level: 'ERROR', message: { errorType: 'Refused', errorMessage: 'no', stackTrace } },
    ]);
  });

  it('contain lines written before a crash', async () => {
    const { lambda, invoke } = openLambda();
    lambda.createFunction(
      probe(`exports.handler = async () => { console.log('last words'); process.exit(1); };`),
    );

    await invoke();

    expect(lambda.logs('probe').map(line => line.text)).toStrictEqual(['last words']);
  });

  it('return the last 4 KB of the request when the caller requests the tail', async () => {
    const { lambda, invokeApi } = openLambda();
    lambda.createFunction(
      probe(`exports.handler = async () => { console.log('x'.repeat(5000)); console.log('the end'); };`),
    );

    const { LogResult } = await invokeApi({ LogType: 'Tail' });

    const tail = Buffer.from(LogResult ?? '', 'base64').toString();
    expect(tail).toHaveLength(4096);
    expect(tail.endsWith('x\nthe end\n')).toBe(true);
  });
});
