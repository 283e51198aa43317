import * as v from 'valibot';
import { AwsError } from '../aws/aws-error.ts';
import { ControlServer } from '../control/control-server.ts';
import { Refusal } from '../control/json-http.ts';
import { ok, type Route } from '../control/route.ts';
import { controlRoutes } from '../control/routes.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ExecutionSnapshot } from '../step-functions/execution.ts';
import type { ConsoleSandbox } from './console-sandbox.ts';
import { historyEventViews, stateMachineView } from './execution-view.ts';
import { LabelHistory } from './label-history.ts';
import { LoginActions } from './login-actions.ts';
import { OperatorActions } from './operator-actions.ts';
import { OverviewFeed, overviewOf, streamOverviews } from './overview.ts';
import { pageRoute } from './page-files.ts';

/** The server of the control API and the console. `opened` resolves when a page is opened for the first time. */
export interface ConsoleServer {
  readonly server: ControlServer;
  readonly opened: Promise<void>;
}

/**
 * Creates the server of the control API and the console. It does not listen yet.
 *
 * @param pageFolder the folder that `buildPage` returns
 * @throws Error the folder has no page
 */
export function consoleServer(sandbox: Sandbox, pageFolder: string): ConsoleServer {
  const { routes, noteChange, opened } = new SandboxConsole(sandbox, pageFolder);
  return { server: new ControlServer([...controlRoutes(sandbox), ...routes], noteChange), opened };
}

/**
 * The console: the page that shows the rotations of a sandbox, and the API behind it. Label moves are recorded from its
 * creation.
 */
class SandboxConsole {
  /** For a {@link ControlServer}; the last route matches everything the others do not. */
  readonly routes: readonly Route[];
  /** Reports a possible change. */
  readonly noteChange: () => void;
  /** Resolves when a page is opened for the first time. */
  readonly opened: Promise<void>;

  /**
   * @param pageFolder the folder that `buildPage` returns
   * @throws Error the folder has no page
   */
  constructor(sandbox: ConsoleSandbox, pageFolder: string) {
    const labels = new LabelHistory(sandbox.secretsManager);
    const overview = () => overviewOf(sandbox, labels);
    const feed = new OverviewFeed(sandbox, overview);
    const opened = Promise.withResolvers<void>();
    this.noteChange = feed.note;
    this.opened = opened.promise;
    this.routes = [
      { method: 'GET', target: /^\/state-machine$/, handle: () => ok(stateMachineView(sandbox)) },
      { method: 'GET', target: /^\/overview$/, handle: () => ok(overview()) },
      {
        method: 'GET',
        target: /^\/stream$/,
        handle: () => ({
          write: response => {
            streamOverviews(feed, response);
            opened.resolve();
          },
        }),
      },
      {
        method: 'GET',
        target: /^\/executions\/(?<name>[^/?]+)\/events(?:\?after=(?<after>\d+))?$/,
        handle: ({ parameters: { name = '', after = '0' } }) =>
          ok(historyEventViews(executionOf(sandbox, name), Number(after))),
      },
      ...actionRoutes(sandbox),
      pageRoute(pageFolder),
    ];
  }
}

function actionRoutes(sandbox: ConsoleSandbox): Route[] {
  const operator = new OperatorActions(sandbox);
  const logins = new LoginActions(sandbox);
  return [
    action('/secrets/rotate', 'secretArn', arn => operator.rotate(arn)),
    action('/secrets/authorize', 'secretArn', arn => logins.authorize(arn)),
    action('/secrets/revoke', 'secretArn', arn => logins.revoke(arn)),
    action('/executions/redrive', 'executionArn', arn => operator.redrive(arn)),
    action('/executions/stop', 'executionArn', arn => operator.stop(arn)),
  ];
}

/** A POST route. Its body is an object with one key, whose value is an ARN. */
function action(path: string, key: string, act: (arn: string) => Promise<void> | void): Route {
  const schema = v.strictObject({ [key]: v.pipe(v.string(), v.startsWith('arn:'), v.maxLength(2048)) });
  return {
    method: 'POST',
    target: new RegExp(`^${path}$`),
    handle: async ({ body }) => {
      const result = v.safeParse(schema, body);
      if (!result.success) throw new Refusal(400, `The body must be {"${key}": "<ARN>"}.`);
      await act(result.output[key] ?? '');
      return ok({});
    },
  };
}

/** @throws Refusal 404 */
function executionOf({ stepFunctions, stateMachineArn }: ConsoleSandbox, name: string): ExecutionSnapshot {
  try {
    return stepFunctions.execution(
      `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${decodeURIComponent(name)}`,
    );
  } catch (error) {
    if (error instanceof AwsError || error instanceof URIError) {
      throw new Refusal(404, `There is no execution ${name}.`);
    }
    throw error;
  }
}
