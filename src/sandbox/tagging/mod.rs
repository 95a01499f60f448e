//! The sandbox's resource groups tagging API: tags of many things at once.
