/** A part of the page that failed, and the rest of the page beside it. */
import { Component, type ReactNode } from 'react';

export interface FaultProps {
  readonly children: ReactNode;
}

export class Fault extends Component<FaultProps, { readonly message: string | undefined }> {
  static getDerivedStateFromError(error: unknown): { readonly message: string } {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override state: { readonly message: string | undefined } = { message: undefined };

  override render(): ReactNode {
    const { message } = this.state;
    if (message === undefined) return this.props.children;
    return (
      <div className="fault" role="alert">
        <p>
          This part of the page failed: {message}
          {/[.!?]$/.test(message) ? '' : '.'} The agents are not touched by it.
        </p>
        <button type="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </div>
    );
  }
}
