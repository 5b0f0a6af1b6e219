"""What stands between visitors and the page: whatever they send is checked, and answered."""
