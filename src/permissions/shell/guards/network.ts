/** Programs that send something somewhere. */
import { alwaysAsks, forAll, unknownArgument, type Guard, type Guards } from './guard.ts';
import { checkArguments, type OptionTable } from './options.ts';

const sends = alwaysAsks('it may reach another machine');

/** The scheme and the whole host were written by the person who wrote the rule. */
const HOST_NAMED = /^https?:\/\/[\w.:-]+\//;

const CURL: OptionTable = {
  flags: 'sSfiIgv#46',
  values: 'm',
  long: 'silent show-error fail include head max-time= compressed http1.1 http2 no-progress-meter retry= verbose',
  operands: (operands) => {
    const bad = operands.find((arg) => arg.wild && !HOST_NAMED.test(arg.prefix));
    return bad === undefined ? null : unknownArgument(bad);
  },
};

/** Addresses of a host that the rule names; nothing is sent but the request. */
const curl: Guard = (args, context) => checkArguments(args.slice(1), CURL, context);

const KUBECTL_READS = /^(?:get|describe|logs|top|version|api-resources|explain)$/;
const KUBECTL_OUTPUT = /^(?:json|yaml|wide|name)$|^(?:jsonpath|custom-columns)=/;
const kubectl: Guard = (args, context) => {
  const [, verb, ...rest] = args;
  if (verb === undefined) return null;
  if (verb.wild && !KUBECTL_READS.test(verb.text)) return unknownArgument(verb);
  if (!KUBECTL_READS.test(verb.text)) return sends(args, context);
  return checkArguments(
    rest,
    {
      flags: 'Aw',
      values: 'nlocL',
      long: `namespace= all-namespaces selector= output= watch show-labels tail= since= previous container= sort-by=
      field-selector= no-headers all-containers timestamps client`,
      operands: 'text',
      value: (option, value) => (option !== 'o' && option !== 'output') || KUBECTL_OUTPUT.test(value),
    },
    context,
  );
};

const CONTAINER_READS = /^(?:ps|images|logs|inspect|version|info|stats|top|port|history|diff)$/;
const containers: Guard = (args, context) => {
  const [, verb, ...rest] = args;
  if (verb === undefined) return null;
  if (!CONTAINER_READS.test(verb.text))
    return verb.wild ? unknownArgument(verb) : sends(rest.length > 0 ? [verb, ...rest] : args, context);
  return checkArguments(
    rest,
    {
      flags: 'aqls',
      values: 'fn',
      long: 'all quiet latest size no-trunc filter= format= last= tail= since= until= timestamps no-stream digests',
      operands: 'text',
    },
    context,
  );
};

export const network: Guards = {
  curl,
  kubectl,
  ...forAll('docker podman nerdctl', containers),
  ...forAll(
    `wget ssh scp sftp rsync rclone nc ncat netcat socat telnet ftp lftp tftp openssl gpg nslookup dig host ping ping6
     traceroute tracepath mtr whois nmap tcpdump tshark aria2c http https xh httpie yt-dlp gh glab hub aws gcloud az doctl
     flyctl mail mailx sendmail mutt swaks wscat websocat grpcurl ab wrk hey ssh-keygen ssh-add ssh-copy-id age sops
     docker-compose ss netstat lsof arp route ifconfig nmcli iptables nft dbus-send gdbus busctl xdotool`,
    sends,
  ),
};
