/**
 * What a model writes, as Markdown: no HTML of its own, no pictures from elsewhere, and only http(s) links, with nothing told
 * to the page behind them.
 */
import { memo, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import { markdownParts } from './markdown-parts.ts';

/** A paragraph longer than this is shown as plain text: reading it as Markdown would hold up the page. */
const LONGEST = 20_000;

const isWeb = (href: string): boolean => /^https?:\/\//i.test(href);

function Link({ href = '', children }: { readonly href?: string | undefined; readonly children?: ReactNode }) {
  if (isWeb(href)) {
    return (
      <a href={href} title={href} target="_blank" rel="noreferrer noopener">
        {children}
      </a>
    );
  }
  return (
    <>
      {children}
      {href !== '' && ` (${href})`}
    </>
  );
}

const COMPONENTS: Components = {
  a: ({ href, children }) => <Link href={href}>{children}</Link>,
  img: ({ src, alt }) => <Link href={typeof src === 'string' ? src : undefined}>{`[picture: ${alt ?? ''}]`}</Link>,
  // the page's own headings are above these
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
  h5: ({ children }) => <h6>{children}</h6>,
};

/** One part; a text that grows has only its last part read again. */
const Part = memo(function Part({ text }: { readonly text: string }) {
  if (text.length > LONGEST) return <p className="plain">{text}</p>;
  return (
    <ReactMarkdown components={COMPONENTS} urlTransform={(url) => url}>
      {text}
    </ReactMarkdown>
  );
});

export const Markdown = ({ text }: { readonly text: string }) => (
  <div className="markdown">
    {markdownParts(text).map((part, index) => (
      // oxlint-disable-next-line react/no-array-index-key -- parts only grow at the end
      <Part key={index} text={part} />
    ))}
  </div>
);
