/** The platform on your own machine: rules and storage for each noun, what runs instances, what moves packets. */
export { administratorToken } from "./administrator-token";
export { type BackupContents, backUp, restoreBackup } from "./backup";
export { PlatformConfig } from "./config";
export { FolderError } from "./folder-lock";
export { type EmbeddedPlatform, type EmbeddedPlatformOptions, startEmbeddedPlatform } from "./platform";
export { defaultSettings, type PlatformSettings } from "./settings";
