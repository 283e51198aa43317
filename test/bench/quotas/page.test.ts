import { describe, expect, it } from 'vitest';
import { withFigures } from '../../../bench/quotas/page.ts';

describe('withFigures', () => {
  it('replaces only the figures between the markers', () => {
    const page = 'before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n';

    expect(withFigures(page, 'new')).toBe(
      'before\n<!-- figures: begin -->\n\nnew\n\n<!-- figures: end -->\nafter\n',
    );
  });

  it('rejects a page without markers', () => {
    expect(() => withFigures('a page', 'new')).toThrow('markers');
  });
});
