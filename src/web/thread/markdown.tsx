/** Text of a model as Markdown: no HTML, no pictures, only http(s) links, and no referrer for the linked page. */
import { Component, memo, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import { isBetterPlain, markdownParts, plainParagraphs } from './markdown-parts.ts';

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
  // the page itself uses the higher levels
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
  h5: ({ children }) => <h6>{children}</h6>,
};

/** One part. When a text grows, only its last part is parsed again. */
const Part = memo(function Part({ text }: { readonly text: string }) {
  if (isBetterPlain(text)) return <Plain text={text} />;
  return (
    <PlainWhenFailed text={text}>
      <ReactMarkdown components={COMPONENTS} urlTransform={(url) => url}>
        {text}
      </ReactMarkdown>
    </PlainWhenFailed>
  );
});

const Plain = memo(function Plain({ text }: { readonly text: string }) {
  return plainParagraphs(text).map((paragraph, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- paragraphs only grow at the end
    <p key={index} className="plain">
      {paragraph}
    </p>
  ));
});

interface PlainWhenFailedProps {
  readonly text: string;
  readonly children: ReactNode;
}

/** Shows a part as plain text when parsing it throws, and tries again when the text grows. */
class PlainWhenFailed extends Component<PlainWhenFailedProps, { readonly hasFailed: boolean; readonly text: string }> {
  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  static getDerivedStateFromProps({ text }: PlainWhenFailedProps, state: { readonly text: string }) {
    return text === state.text ? null : { text, hasFailed: false };
  }

  override state = { hasFailed: false, text: this.props.text };

  override render(): ReactNode {
    return this.state.hasFailed ? <Plain text={this.props.text} /> : this.props.children;
  }
}

export const Markdown = ({ text }: { readonly text: string }) => (
  <div className="markdown">
    {markdownParts(text).map((part, index) => (
      // oxlint-disable-next-line react/no-array-index-key -- parts only grow at the end
      <Part key={index} text={part} />
    ))}
  </div>
);
