import { DescribeStateMachineCommand, GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { type ConsoleWorld, consoleWorld } from './console-world.ts';

/** A world after one rotation. */
async function rotatedWorld(): Promise<ConsoleWorld> {
  const world = await consoleWorld();
  const { secretArn } = await world.credential();
  await world.post('/secrets/rotate', { secretArn });
  await world.advance();
  return world;
}

describe("an execution's events", () => {
  it('match GetExecutionHistory, with dates as strings', async () => {
    const world = await rotatedWorld();
    const { arn, name, lastEventId } = await world.execution();
    const { events = [] } = await world.stepFunctions.send(
      new GetExecutionHistoryCommand({ executionArn: arn, maxResults: 1000 }),
    );

    const views = await world.get(`/executions/${name}/events`);

    expect(events).toHaveLength(lastEventId);
    expect(views).toEqual(JSON.parse(JSON.stringify(events)));
  });

  it('start after the given event', async () => {
    const world = await rotatedWorld();
    const { name, lastEventId } = await world.execution();

    const last = await world.get(`/executions/${name}/events?after=${lastEventId - 1}`);
    const none = await world.get(`/executions/${name}/events?after=${lastEventId}`);

    expect(last).toMatchObject([{ id: lastEventId, type: 'ExecutionSucceeded' }]);
    expect(none).toEqual([]);
  });

  it.each(['nobody', '%00', '%E0%A4%A'])('return 404 for an execution named %s', async name => {
    const world = await consoleWorld();

    const { status, text } = await world.send(`/executions/${name}/events`);

    expect({ status, body: JSON.parse(text) }).toEqual({
      status: 404,
      body: { error: `There is no execution ${name}.` },
    });
  });
});

describe('the state machine', () => {
  it('is the deployed one', async () => {
    const world = await consoleWorld();
    const { stateMachineArn } = world.sandbox;
    const deployed = await world.stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }));

    const view = await world.get('/state-machine');

    expect(view).toEqual({
      name: 'genesys-token-rotation',
      arn: stateMachineArn,
      definition: JSON.parse(deployed.definition ?? ''),
    });
  });
});
