"""RECORD: what we decided and what we were told, in Table storage."""
