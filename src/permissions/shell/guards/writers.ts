/** Programs that make, change or remove files, or change the machine. */
import { alwaysAsks, forAll, unknownArgument, type Guard, type Guards } from './guard.ts';
import { outOfBounds } from './place.ts';
import { tableGuard } from './options.ts';

/** Options that only say how, never where or what else. */
const HOW = /^-(?:[rRfpvain]+|-recursive|-force|-parents|-verbose|-archive|-no-clobber)$/;

/** The rule must say where: `rm build/*` may remove what lies there, `rm *` asks for everything. */
const writer: Guard = (args, context) => {
  for (const arg of args.slice(1)) {
    if (!arg.wild) continue;
    if (arg.text.startsWith('-')) {
      if (HOW.test(arg.text)) continue;
      return unknownArgument(arg);
    }
    if (!/[^/.*]\//.test(arg.prefix) || arg.text.split('/').includes('..')) {
      return `only a wildcard covers ${JSON.stringify(arg.text)}, a file that would be changed`;
    }
    const problem = outOfBounds(arg, context);
    if (problem !== null) return problem;
  }
  return null;
};

export const writers: Guards = {
  ...forAll('cp mv rm rmdir touch', writer),
  mkdir: tableGuard({ flags: 'pv', long: 'parents verbose' }),
  ...forAll(
    `tee dd ln link unlink install truncate split csplit mktemp patch shred mkfifo mknod rename sponge chmod chown chgrp
     chattr setfacl setfattr chcon rsnapshot fallocate sync mkfs fdisk parted losetup mount umount swapon
     useradd userdel usermod groupadd passwd visudo service initctl sysctl modprobe insmod rmmod reboot shutdown poweroff
     halt init telinit killall pkill hostnamectl timedatectl localectl loginctl update-alternatives ldconfig logrotate
     dmesg wall write stty tput reset xclip xsel pbcopy convert magick ffmpeg pandoc gs pdftk exiftool yq dos2unix
     unix2dos iconv recode strip objcopy patchelf gitk tig lazygit
     xmllint xsltproc tidy protoc dot neato svn hg bzr cvs fzf sk ctags cscope ldd logger lp lpr tex latex pdflatex xelatex
     lualatex nroff groff troff cpp gfortran wine qemu virsh lxc machinectl debugfs dmsetup restic borg rdiff-backup zgrep
     zless zmore zdiff git-lfs mpv vlc ffprobe aspell ispell  dialog whiptail zenity notify-send run-mailcap jo
     keytool jarsigner mongodump pg_dump mysqldump sqlite redis-server nginx httpd apachectl supervisorctl pm2 forever mcedit mc ranger watchman inotifywait`,
    alwaysAsks('it may change files or the machine'),
  ),
};
