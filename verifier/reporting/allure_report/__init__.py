"""Allure's report: results as its readers expect them, and the page that its own command makes of them."""
