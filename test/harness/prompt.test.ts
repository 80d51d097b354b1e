import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/events.ts';
import { createGeneratorHarness } from '../../src/harness/generator-harness.ts';
import { toPrompt, toV3Prompt } from '../../src/harness/prompt.ts';
import { fakeModel, finishPart, runTurn, user } from './turns.ts';

const call = (id: string): Message => ({
  role: 'assistant',
  content: '',
  tool_calls: [{ id, name: 'read', arguments: { path: id }, providerMetadata: { google: { thoughtSignature: id } } }],
});

const shown: Message = {
  role: 'tool',
  tool_call_id: 'c1',
  content: [
    { type: 'text', text: 'see' },
    { type: 'image', data: 'aW1n', mediaType: 'image/png' },
    { type: 'image', data: 'https://example.org/a.png', mediaType: 'image/png' },
    { type: 'file', data: 'cGRm', mediaType: 'application/pdf', filename: 'a.pdf' },
  ],
};

describe('parts', () => {
  test('a text file is text to every model, with its name', () => {
    const data = Buffer.from('a,b').toString('base64');
    const prompt = toPrompt(
      [{ role: 'user', content: [{ type: 'file', data, mediaType: 'text/csv', filename: 'a.csv' }] }],
      { mediaInToolResults: false },
    );
    expect(prompt).toEqual([{ role: 'user', content: [{ type: 'text', text: 'a.csv:\na,b' }] }]);
  });

  test('a data URL that is not base64 is read too', () => {
    const data = 'data:image/svg+xml,%3Csvg%2F%3E';
    const prompt = toPrompt([{ role: 'user', content: [{ type: 'image', data, mediaType: '' }] }], {
      mediaInToolResults: false,
    });
    expect(prompt).toMatchObject([
      {
        content: [
          { type: 'file', mediaType: 'image/svg+xml', data: { data: Buffer.from('<svg/>').toString('base64') } },
        ],
      },
    ]);
  });

  test('a tool’s file that no model takes is a line that says so', () => {
    const content = [{ type: 'file' as const, data: 'eA==', mediaType: 'application/zip', filename: 'a.zip' }];
    const prompt = toPrompt([call('c1'), { role: 'tool', tool_call_id: 'c1', content }], { mediaInToolResults: true });
    expect(prompt[1]).toMatchObject({
      content: [{ output: { type: 'text', value: "[a.zip (application/zip) can't be shown to you]" } }],
    });
  });
});

describe('turns', () => {
  test('an assistant message without anything in it is left out', () => {
    const empty: Message = { role: 'assistant', content: null };
    expect(toPrompt([user('a'), empty, user('b')], { mediaInToolResults: true })).toHaveLength(2);
  });

  test('a result has the name of its call, and the call its provider data', () => {
    const answer: Message = { role: 'tool', tool_call_id: 'c1', content: 'A' };
    expect(toPrompt([call('c1'), answer], { mediaInToolResults: true })).toEqual([
      {
        role: 'assistant',
        content: [
          {
            type: 'tool-call',
            toolCallId: 'c1',
            toolName: 'read',
            input: { path: 'c1' },
            providerOptions: { google: { thoughtSignature: 'c1' } },
          },
        ],
      },
      {
        role: 'tool',
        content: [{ type: 'tool-result', toolCallId: 'c1', toolName: 'read', output: { type: 'text', value: 'A' } }],
      },
    ]);
  });

  test('results of one turn stand together; what they show comes after the last of them', () => {
    const second: Message = { role: 'tool', tool_call_id: 'c2', content: 'B' };
    const prompt = toPrompt([call('c1'), call('c2'), shown, second, user('go on')], { mediaInToolResults: false });
    expect(prompt.map(({ role }) => role)).toEqual(['assistant', 'assistant', 'tool', 'user', 'user']);
    expect(prompt[3]).toMatchObject({
      content: [{ type: 'text' }, { mediaType: 'image/png' }, { data: { type: 'url' } }, { filename: 'a.pdf' }],
    });
  });
});

describe('specification V3', () => {
  const content = [
    { type: 'text', text: 'see' },
    { type: 'image-data', data: 'aW1n', mediaType: 'image/png' },
    { type: 'image-url', url: 'https://example.org/a.png' },
    { type: 'file-data', data: 'cGRm', mediaType: 'application/pdf', filename: 'a.pdf' },
  ];

  test('media in a tool’s result has its V3 form', () => {
    const prompt = toV3Prompt(toPrompt([call('c1'), shown], { mediaInToolResults: true }));
    expect(prompt[1]).toMatchObject({ content: [{ output: { type: 'content', value: content } }] });
  });

  test('a V3 object gets untagged file data, a V4 object tagged', async () => {
    const messages: Message[] = [
      {
        role: 'user',
        content: [
          { type: 'image', data: 'aW1n', mediaType: 'image/png' },
          { type: 'image', data: 'https://example.org/a.png', mediaType: 'image/png' },
        ],
      },
    ];
    const datas = ['v3', 'v4'].map(async (version) => {
      const model = fakeModel(version, [finishPart]);
      await runTurn(createGeneratorHarness({ model, env: {} }), { messages });
      return model.calls[0]?.prompt;
    });
    const url = new URL('https://example.org/a.png');
    expect(await Promise.all(datas)).toMatchObject([
      [
        {
          content: [
            { type: 'file', data: 'aW1n' },
            { type: 'file', data: url },
          ],
        },
      ],
      [{ content: [{ data: { type: 'data', data: 'aW1n' } }, { data: { type: 'url', url } }] }],
    ]);
  });
});
