// The session bus of a desk, and the keyring on it.

import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { until } from "./webdriver.mjs";

const SECRETS = "org.freedesktop.secrets";

/**
 * A session bus. The keyring is `unlocked` as a login unlocks it; or `locked`, when the bus starts one that nobody unlocked;
 * or there is `none`.
 */
export class Bus {
  #keyring;
  #environment;
  #spawn;

  /** The environment is the desk's; once the bus is there, it says where. */
  constructor(keyring, environment, spawn) {
    this.#keyring = keyring;
    this.#environment = environment;
    this.#spawn = spawn;
  }

  get isThere() {
    return this.#environment.DBUS_SESSION_BUS_ADDRESS !== undefined;
  }

  async start() {
    const socket = join(this.#environment.XDG_RUNTIME_DIR, "bus");
    const address = `unix:path=${socket}`;
    const settings =
      this.#keyring === "none"
        ? [`--config-file=${this.#settingsOfBareBus(address)}`]
        : ["--session", `--address=${address}`];
    this.#spawn("dbus-daemon", [...settings, "--nofork", "--nopidfile"], { quiet: true });
    await until("the session bus", () => existsSync(socket));
    this.#environment.DBUS_SESSION_BUS_ADDRESS = address;
    if (this.#keyring === "unlocked") await this.unlockKeyring();
  }

  /** Starts the desktop's keyring in the place of any other, and unlocks it as a login does. */
  async unlockKeyring() {
    const before = this.#ownerOf(SECRETS);
    const args = ["--foreground", "--replace", "--unlock", "--components=secrets"];
    this.#spawn("gnome-keyring-daemon", args, { quiet: true, input: "the password of a login" });
    await until("the keyring", () => {
      const owner = this.#ownerOf(SECRETS);
      return owner !== undefined && owner !== before;
    });
  }

  /** Writes the settings of a bus that starts no program by itself. */
  #settingsOfBareBus(address) {
    const file = join(this.#environment.TMPDIR, "bus.conf");
    const rules = `<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>`;
    const policy = `<policy context="default">${rules}</policy>`;
    writeFileSync(file, `<busconfig><type>session</type><listen>${address}</listen>${policy}</busconfig>`);
    return file;
  }

  /** Returns who owns a name on the bus, without having the bus start somebody. */
  #ownerOf(name) {
    const asked = spawnSync(
      "dbus-send",
      [
        "--session",
        "--print-reply=literal",
        "--dest=org.freedesktop.DBus",
        "/org/freedesktop/DBus",
        "org.freedesktop.DBus.GetNameOwner",
        `string:${name}`,
      ],
      { env: this.#environment, encoding: "utf8" },
    );
    return /:\d+\.\d+/.exec(asked.stdout)?.[0];
  }
}
